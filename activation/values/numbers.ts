import type { Converted, Converter } from './rejects.ts';

const NUMBER = /^([+-]?)(\d*)(?:\.(\d*))?(?:e([+-]?\d+))?$/i;
// float8 ranges from 1e-324 to 1e308; a larger exponent would only make an endless field of zeros.
const MAX_EXPONENT = 400;

/** NUMBER: plain decimal notation, digit by digit and never through a float, so no digit is lost. */
export const toNumber: Converter = (text) => {
  const parts = plainDecimal(text);
  if ('reject' in parts) return parts;
  return { value: parts.sign + parts.whole + (parts.fraction && `.${parts.fraction}`) };
};

/** A NUMBER with at most this number of digits before its point, and after it. */
export function toNumberWithin(digits: number): Converter {
  return (text) => {
    const parts = plainDecimal(text);
    if ('reject' in parts) return parts;
    if (parts.whole.length > digits || parts.fraction.length > digits)
      return { reject: 'ValueTooManyDigits' };
    return toNumber(text);
  };
}

/** INTEGER: 32 bits, signed. Whole numbers only: `12.00` is one, `12.50` is not. */
export const toInteger: Converter = wholeNumber(-(2n ** 31n), 2n ** 31n - 1n);

/** LONG: 64 bits, signed. Whole numbers only. */
export const toLong: Converter = wholeNumber(-(2n ** 63n), 2n ** 63n - 1n);

function wholeNumber(min: bigint, max: bigint): Converter {
  return (text): Converted => {
    const parts = plainDecimal(text);
    if ('reject' in parts) return parts;
    if (/[1-9]/.test(parts.fraction)) return { reject: 'ValueNotWhole' };
    if (parts.whole.length > 19) return { reject: 'ValueOutOfRange' };
    const value = BigInt(parts.sign + parts.whole);
    return value < min || value > max ? { reject: 'ValueOutOfRange' } : { value: value.toString() };
  };
}

interface PlainDecimal {
  sign: '' | '-';
  /** At least one digit, no leading zeros. */
  whole: string;
  /** Digits after the point as the source has them, trailing zeros included; may be empty. */
  fraction: string;
}

/** Parses a decimal number. An exponent moves the point. */
function plainDecimal(text: string): PlainDecimal | { reject: 'ValueNotANumber' | 'ValueOutOfRange' } {
  const [, sign, before = '', after = '', exponentText = '0'] = NUMBER.exec(text.trim()) ?? [];
  const digits = before + after;
  if (digits === '') return { reject: 'ValueNotANumber' };
  const exponent = Number(exponentText);
  if (Math.abs(exponent) > MAX_EXPONENT) return { reject: 'ValueOutOfRange' };

  const point = before.length + exponent;
  const whole = (point > 0 ? digits.slice(0, point).padEnd(point, '0') : '').replace(/^0+/, '') || '0';
  const fraction = point >= 0 ? digits.slice(point) : '0'.repeat(-point) + digits;
  return { sign: sign === '-' && /[1-9]/.test(digits) ? '-' : '', whole, fraction };
}
