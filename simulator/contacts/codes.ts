/* Two-letter codes that have a name in Unicode's data, without those that ISO has withdrawn or never assigned. */

const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ';
/** Withdrawn from ISO 639-1. They were replaced by other codes, or are groups of languages. */
const WITHDRAWN = ['BH', 'IN', 'IW', 'JI', 'JW', 'MO', 'SH'];
/**
 * Regions that are not in ISO 3166-1: unions, reserved codes, former countries, user-assigned codes, parts of
 * countries.
 */
const UNASSIGNED =
  'AC AN BU CP CQ CS CT DD DG DY EA EU EZ FQ FX HV IC JT MI NH NQ NT PC PU PZ QO RH SU TA TP UK UN VD WK XA XB XK YD YU ZR ZZ';

const languages = codes('language', WITHDRAWN);
const countries = codes('region', UNASSIGNED.split(' '));

/** Whether a code is in ISO 639-1; in capital letters, as Actito documents it. */
export function isLanguage(code: string): boolean {
  return languages.has(code);
}

/** Whether a code is in ISO 3166-1 alpha-2, in capital letters. */
export function isCountry(code: string): boolean {
  return countries.has(code);
}

function codes(type: 'language' | 'region', without: readonly string[]): ReadonlySet<string> {
  const names = new Intl.DisplayNames('en', { type, fallback: 'none' });
  const all = [...LETTERS].flatMap((first) => [...LETTERS].map((second) => first + second));
  const isNamed = (code: string) => names.of(type === 'language' ? code.toLowerCase() : code) !== undefined;
  return new Set(all.filter((code) => isNamed(code) && !without.includes(code)));
}
