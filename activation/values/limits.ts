import type { Conversion } from './convert.ts';
import { UNDECIDED } from './fast.ts';
import { BYTES_PER_UNIT, lengthIn, type LengthUnit } from './text.ts';

/** Actito's own limit on texts (developers.actito.com: String ≤ 255). */
export const DEFAULT_MAX_LENGTH = 255;

/** The length limits of a text. */
export interface Limits {
  max: number;
  min: number;
  unit: LengthUnit;
}

/** Limits a conversion to texts of the length that an attribute accepts. */
export function within({ convert, write }: Conversion, { max, min, unit }: Limits): Conversion {
  // A text never has more units than bytes, and the output of the fast path has no quotes.
  const surelyLong = min * BYTES_PER_UNIT[unit];
  return {
    convert: (text) => {
      const converted = convert(text);
      if ('reject' in converted) return converted;
      const length = lengthIn(unit, converted.value);
      if (length > max) return { reject: 'ValueTooLong' };
      return length < min ? { reject: 'ValueTooShort' } : converted;
    },
    write: (from, start, end, to, at) => {
      const written = write(from, start, end, to, at);
      const isCertain = written !== UNDECIDED && written - at <= max && written - at >= surelyLong;
      return isCertain ? written : UNDECIDED;
    },
  };
}
