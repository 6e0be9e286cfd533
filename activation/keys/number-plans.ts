/*
 * The countries' numbering plans, from the `max` metadata of libphonenumber. `mobile` rejects landlines (Actito's own
 * documented example, +3210458514, is one). `min` knows lengths but hardly any plan, so it accepts typing errors.
 */
import { getCountries, getCountryCallingCode, Metadata, type CountryCode } from 'libphonenumber-js/max';

/** The library's metadata of a country; most of it is missing in its types. */
interface Plan {
  nationalNumberPattern(): string;
  possibleLengths(): number[];
  nationalPrefixForParsing(): string | undefined;
  leadingDigits(): string | undefined;
  type(name: string): { pattern(): string; possibleLengths(): number[] | undefined } | undefined;
}

const TYPES = [
  'FIXED_LINE',
  'MOBILE',
  'PREMIUM_RATE',
  'TOLL_FREE',
  'SHARED_COST',
  'VOIP',
  'PERSONAL_NUMBER',
  'PAGER',
  'UAN',
  'VOICEMAIL',
];

/** The countries of each calling code, the main one first, in the library's order. */
const COUNTRIES_OF = countriesByCode();

/** All calling codes of countries. */
export const CALLING_CODES: ReadonlySet<string> = new Set(COUNTRIES_OF.keys());

const PATTERNS = new Map<string, RegExp>();

/**
 * Returns an expression that matches the digits after a calling code if `+`, the code and they are certainly a complete
 * number: in use by the plan of a country, without a prefix that is only dialed nationally, and without a repeated
 * code. The plan is a single expression, so a million numbers need no parsing.
 */
export function certainNumber(code: string): RegExp {
  let pattern = PATTERNS.get(code);
  if (!pattern) PATTERNS.set(code, (pattern = compile(code)));
  return pattern;
}

function compile(code: string): RegExp {
  const plans = COUNTRIES_OF.get(code)!.map(planOf);
  const shortest = Math.min(...plans.flatMap((plan) => plan.possibleLengths()));
  const prefixes = [...new Set(plans.flatMap((plan) => plan.nationalPrefixForParsing() ?? []))];
  // A prefix that is optional as a whole also matches nothing, so only one that takes a digit counts.
  const atHome = prefixes.length > 0 ? `(?!(?:${prefixes.join('|')})(?<!^))` : '';
  const earlier: string[] = [];
  const numbers = plans.map((plan) => {
    const leading = plan.leadingDigits();
    const others = earlier.map((digits) => `(?!${digits})`).join('');
    if (leading) earlier.push(leading);
    const isOne = TYPES.flatMap((name) => typePattern(plan.type(name)));
    const own = leading ? `(?=${leading})` : '';
    return `${others}${own}(?=(?:${plan.nationalNumberPattern()})$)(?:${isOne.join('|')})`;
  });
  return new RegExp(`^(?!${code}\\d{${shortest},})${atHome}(?:${numbers.join('|')})$`);
}

/** Empty if the type has no numbers, or (for mobile) the same as a landline. */
function typePattern(type: ReturnType<Plan['type']>): string[] {
  const pattern = type?.pattern();
  if (!pattern) return [];
  const lengths = type!.possibleLengths()?.map((length) => `\\d{${length}}$`);
  return [`${lengths ? `(?=${lengths.join('|')})` : ''}(?:${pattern})$`];
}

function planOf(country: CountryCode): Plan {
  const metadata = new Metadata();
  metadata.selectNumberingPlan(country);
  return metadata.numberingPlan as unknown as Plan;
}

function countriesByCode(): Map<string, CountryCode[]> {
  const order = (
    new Metadata() as unknown as { countryCallingCodes(): Record<string, CountryCode[]> }
  ).countryCallingCodes();
  return new Map(
    [...new Set(getCountries().map((country) => String(getCountryCallingCode(country))))].map((code) => [
      code,
      order[code]!,
    ]),
  );
}
