import type { ColumnKind } from '../../activation/values/kinds.ts';

/**
 * Returns the text of a value as kinds.ts defines it, so that the same value is the same text from every database. Each
 * database has its own spelling: `true`, `1.0E20`, `2026-01-31T10:20:30.000+02:00`.
 * @param scale the decimals of the column's type, if it has a fixed number of them
 */
export function valueText(text: string, kind: ColumnKind, scale?: number): string {
  switch (kind) {
    case 'boolean':
      return booleanText(text);
    case 'float':
      return floatText(text);
    case 'decimal':
      return decimalText(text, scale);
    case 'date':
      return text.slice(text.startsWith('+') ? 1 : 0, /[T ]/.exec(text)?.index);
    case 'timestamp':
      return timestampText(text);
    case 'timestamptz':
      return utcText(text);
    default:
      return text;
  }
}

/** An unknown spelling stays as it is, and is rejected like another unusable value. */
function booleanText(text: string): string {
  if (/^(t|true|1|y|yes)$/i.test(text)) return 't';
  return /^(f|false|0|n|no)$/i.test(text) ? 'f' : text;
}

/** The exponents between which PostgreSQL prints a double precision number without one. */
const [LEAST, MOST] = [-4, 15];

function floatText(text: string): string {
  if (/^[+-]?nan$/i.test(text)) return 'NaN';
  const infinite = /^([+-]?)inf(inity)?$/i.exec(text);
  if (infinite) return infinite[1] === '-' ? '-Infinity' : 'Infinity';
  const number = Number(text);
  if (text.trim() === '' || Number.isNaN(number)) return text;
  if (Object.is(number, -0)) return '-0';
  const [mantissa, power] = number.toExponential().split('e') as [string, string];
  const exponent = Number(power);
  if (exponent < LEAST || exponent >= MOST) {
    const digits = String(Math.abs(exponent)).padStart(2, '0');
    return `${mantissa}e${exponent < 0 ? '-' : '+'}${digits}`;
  }
  const sign = mantissa.startsWith('-') ? '-' : '';
  const digits = mantissa.replace(/[-.]/g, '');
  if (exponent < 0) return `${sign}0.${'0'.repeat(-exponent - 1)}${digits}`;
  const whole = digits.slice(0, exponent + 1).padEnd(exponent + 1, '0');
  const rest = digits.slice(exponent + 1);
  return sign + (rest ? `${whole}.${rest}` : whole);
}

function decimalText(text: string, scale = 0): string {
  const parts = /^([+-]?)(\d*)(?:\.(\d*))?$/.exec(text);
  if (!parts) return text;
  const [, sign, whole, fraction = ''] = parts as unknown as [string, string, string, string?];
  const padded = fraction.padEnd(scale, '0');
  return `${sign === '-' ? '-' : ''}${whole || '0'}${padded ? `.${padded}` : ''}`;
}

/** Java writes years beyond 9999 with a sign. */
const MOMENT =
  /^\+?(\d{4,6}-\d\d-\d\d)(?:[T ](\d\d:\d\d)(?::(\d\d)(?:\.(\d+))?)?)?\s*(Z|UTC|[+-]\d\d(?::?\d\d)?)?$/i;

/** PostgreSQL prints up to microseconds, without zeros at the end. */
function fractionText(fraction = ''): string {
  let end = Math.min(fraction.length, 6);
  while (end > 0 && fraction[end - 1] === '0') end -= 1;
  return end > 0 ? `.${fraction.slice(0, end)}` : '';
}

function timestampText(text: string): string {
  const parts = MOMENT.exec(text);
  if (!parts) return text;
  const [, date, minutes = '00:00', seconds = '00', fraction] = parts;
  return `${date} ${minutes}:${seconds}${fractionText(fraction)}`;
}

/** How databases write a moment in UTC; the most frequent shape, without the costs of the general one. */
const IN_UTC = /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:\.\d+)?(?:Z| UTC)$/;

/** A moment without an offset is in UTC: every session is set to that. */
function utcText(text: string): string {
  if (IN_UTC.test(text)) {
    const end = text.endsWith('Z') ? -1 : -4;
    return `${text.slice(0, 10)} ${text.slice(11, 19)}${fractionText(text.slice(20, end))}+00`;
  }
  const parts = MOMENT.exec(text);
  if (!parts) return text;
  const [, date, minutes = '00:00', seconds = '00', fraction, zone = 'Z'] = parts;
  const offset = /^([+-])(\d\d):?(\d\d)?$/.exec(zone);
  const plain = `${date} ${minutes}:${seconds}`;
  if (!offset || /^[+-]00(:?00)?$/.test(zone)) return `${plain}${fractionText(fraction)}+00`;
  const away = (Number(offset[2]) * 60 + Number(offset[3] ?? 0)) * 60_000 * (offset[1] === '-' ? -1 : 1);
  const moment = new Date(Date.parse(`${plain.replace(' ', 'T')}Z`) - away);
  if (Number.isNaN(moment.getTime())) return text;
  const utc = moment.toISOString();
  return `${utc.slice(0, 10)} ${utc.slice(11, 19)}${fractionText(fraction)}+00`;
}
