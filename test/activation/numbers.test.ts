import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toInteger, toLong, toNumber } from '../../activation/values/numbers.ts';

/** A number in any notation of a database or a person, with its exact value as digits × 10^scale. */
const written = fc
  .record({
    sign: fc.constantFrom('', '-', '+'),
    before: fc.stringMatching(/^\d{0,25}$/),
    after: fc.stringMatching(/^\d{0,25}$/),
    exponent: fc.option(fc.integer({ min: -330, max: 310 }), { nil: undefined }),
    marker: fc.constantFrom('e', 'E'),
    plus: fc.constantFrom('', '+'),
  })
  .filter(({ before, after }) => before + after !== '')
  .map(({ sign, before, after, exponent, marker, plus }) => ({
    text:
      `${sign}${before}${after && `.${after}`}` +
      (exponent === undefined ? '' : `${marker}${exponent >= 0 ? plus : ''}${exponent}`),
    digits: BigInt((sign === '-' ? '-' : '') + before + after),
    scale: (exponent ?? 0) - after.length,
  }));

/** The exact value of plain notation, in the same form. */
function exact(plain: string): { digits: bigint; scale: number } {
  const [whole = '', fraction = ''] = plain.split('.');
  return {
    digits: BigInt(whole.startsWith('-') ? `${whole}${fraction}` : whole + fraction),
    scale: -fraction.length,
  };
}

function sameNumber(a: { digits: bigint; scale: number }, b: { digits: bigint; scale: number }): boolean {
  const scale = Math.min(a.scale, b.scale);
  return a.digits * 10n ** BigInt(a.scale - scale) === b.digits * 10n ** BigInt(b.scale - scale);
}

describe('NUMBER', () => {
  it('never loses a digit and is always plain decimal notation', () => {
    fc.assert(
      fc.property(written, ({ text, ...number }) => {
        const converted = toNumber(text);
        expect(converted).toEqual({ value: expect.stringMatching(/^-?(0|[1-9]\d*)(\.\d+)?$/) as string });
        expect(sameNumber(exact((converted as { value: string }).value), number)).toBe(true);
      }),
      { numRuns: 2000 },
    );
  });

  it('keeps the value of every float as PostgreSQL and JavaScript print it', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (float) => {
        const converted = toNumber(String(float));
        expect(Number((converted as { value: string }).value)).toBe(float === 0 ? 0 : float);
      }),
    );
  });

  it.each([
    ['1e+20', '100000000000000000000'],
    ['1.5e-7', '0.00000015'],
    ['12.5e1', '125'],
    ['12345678901234567890.123456789', '12345678901234567890.123456789'],
    ['1.50', '1.50'],
    ['.5', '0.5'],
    ['5.', '5'],
    ['+7', '7'],
    ['007', '7'],
    ['-0', '0'],
    ['-0.00', '0.00'],
    [' 42 ', '42'],
  ])('%j is sent as %s', (text, value) => {
    expect(toNumber(text)).toEqual({ value });
  });

  it.each([
    ['NaN', 'ValueNotANumber'],
    ['Infinity', 'ValueNotANumber'],
    ['-Infinity', 'ValueNotANumber'],
    ['12,5', 'ValueNotANumber'],
    ['1 000', 'ValueNotANumber'],
    ['0x10', 'ValueNotANumber'],
    ['.', 'ValueNotANumber'],
    ['-', 'ValueNotANumber'],
    ['e5', 'ValueNotANumber'],
    ['1.2.3', 'ValueNotANumber'],
    ['1e999999999', 'ValueOutOfRange'],
  ])('%j is rejected as %s', (text, reject) => {
    expect(toNumber(text)).toEqual({ reject });
  });
});

describe.each([
  ['INTEGER', toInteger, 2n ** 31n],
  ['LONG', toLong, 2n ** 63n],
] as const)('%s', (_, convert, bound) => {
  it('accepts exactly the whole numbers of its range, however they are written', () => {
    const near = fc.bigInt({ min: -bound - 3n, max: bound + 3n });
    const edges = fc.constantFrom(-bound - 1n, -bound, bound - 1n, bound, bound * 1000n);
    fc.assert(
      fc.property(fc.oneof(near, edges), fc.constantFrom('', '.', '.00', 'e0', '0e-1'), (number, suffix) => {
        const inRange = number >= -bound && number < bound;
        expect(convert(`${number}${suffix}`)).toEqual(
          inRange ? { value: String(number) } : { reject: 'ValueOutOfRange' },
        );
      }),
    );
  });

  it.each([
    ['12.00', { value: '12' }],
    ['-0.0', { value: '0' }],
    ['1e+06', { value: '1000000' }],
    ['000000000000000000000012', { value: '12' }],
    ['12.50', { reject: 'ValueNotWhole' }],
    ['1e-1', { reject: 'ValueNotWhole' }],
    ['1e300', { reject: 'ValueOutOfRange' }],
    ['NaN', { reject: 'ValueNotANumber' }],
    ['twelve', { reject: 'ValueNotANumber' }],
  ])('converts %j to %j', (text, converted) => {
    expect(convert(text)).toEqual(converted);
  });
});
