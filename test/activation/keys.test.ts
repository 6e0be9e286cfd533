import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalKey } from '../../activation/keys/canonical.ts';
import { canonicalTest } from '../../activation/keys/fast.ts';
import { KEY_REJECTS } from '../../activation/keys/rejects.ts';

/** Addresses, near misses and noise: made of the pieces that the rules are about. */
const pieces = fc.constantFrom(
  'a',
  'Z',
  '7',
  '.',
  '-',
  '_',
  '+',
  "'",
  '@',
  ' ',
  '\t',
  '\\',
  'é',
  'ü',
  '\u212a',
  'io',
);
const emailish = fc.oneof(
  fc.array(pieces, { maxLength: 14 }).map((parts) => parts.join('')),
  fc
    .tuple(fc.array(pieces, { maxLength: 5 }), fc.array(pieces, { maxLength: 6 }))
    .map(([local, domain]) => `${local.join('')}x@y${domain.join('')}.be`),
  fc.emailAddress(),
  fc.string({ unit: 'binary' }),
);
const externalish = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.string({ unit: 'grapheme-ascii', maxLength: 300 }),
  fc.array(pieces, { maxLength: 10 }).map((parts) => parts.join('')),
);
const texts: Record<'email' | 'externalId', fc.Arbitrary<string>> = {
  email: emailish,
  externalId: externalish,
};

const label = 'a'.repeat(60);
const longDomain = `${label}.${label}.${label}.${label}.com`; // 247 characters

describe('a matching key of type email', () => {
  it.each([
    ['  Anna@Shop.BE', 'anna@shop.be'],
    ['anna@shop.be', 'anna@shop.be'],
    ["O'Neil+news_2@mail.shop-1.co.uk\r\n", "o'neil+news_2@mail.shop-1.co.uk"],
    ['\u00a0anna@shop.be\ufeff', 'anna@shop.be'],
    ['anna@Müller.DE', 'anna@müller.de'],
    ['anna@mu\u0308ller.de', 'anna@müller.de'],
    ['anna@xn--mller-kva.xn--p1ai', 'anna@xn--mller-kva.xn--p1ai'],
    [`abcdefg@${longDomain}`, `abcdefg@${longDomain}`],
  ])('%j becomes %j', (text, key) => {
    expect(canonicalKey({ type: 'email' }, text)).toEqual({ key });
  });

  it.each([
    [null, 'KeyMissing'],
    ['', 'KeyMissing'],
    [' \t ', 'KeyMissing'],
    ['anna', 'KeyMalformed'],
    ['@shop.be', 'KeyMalformed'],
    ['anna@', 'KeyMalformed'],
    ['anna@shop', 'KeyMalformed'],
    ['anna@shop.b', 'KeyMalformed'],
    ['anna@192.168.1.10', 'KeyMalformed'],
    ['anna@shop..be', 'KeyMalformed'],
    ['anna@.shop.be', 'KeyMalformed'],
    ['anna@shop.be.', 'KeyMalformed'],
    ['anna@-shop.be', 'KeyMalformed'],
    ['anna@shop-.be', 'KeyMalformed'],
    ['anna..b@shop.be', 'KeyMalformed'],
    ['.anna@shop.be', 'KeyMalformed'],
    ['anna.@shop.be', 'KeyMalformed'],
    ['an na@shop.be', 'KeyMalformed'],
    ['an\u0000na@shop.be', 'KeyMalformed'],
    ['anna@sh\top.be', 'KeyMalformed'],
    ['anna@b@shop.be', 'KeyMalformed'],
    ['anna@shop.be, bob@shop.be', 'KeyMalformed'],
    ['Anna <anna@shop.be>', 'KeyMalformed'],
    ['"anna"@shop.be', 'KeyMalformed'],
    ['andré@shop.be', 'KeyNotAscii'],
    ['\u212aarl@shop.be', 'KeyNotAscii'],
    [`abcdefgh@${longDomain}x`, 'KeyTooLong'],
  ])('%j is refused as %s', (text, reject) => {
    expect(canonicalKey({ type: 'email' }, text)).toEqual({ reject });
  });
});

describe('a matching key of type externalId', () => {
  it.each([
    [' C-0042 ', 'C-0042'],
    ['c-0042', 'c-0042'],
    ['Zoë 7', 'Zoë 7'],
    ['0', '0'],
    ['😀'.repeat(255), '😀'.repeat(255)],
  ])('%j becomes %j', (text, key) => {
    expect(canonicalKey({ type: 'externalId' }, text)).toEqual({ key });
  });

  it.each([
    [null, 'KeyMissing'],
    ['  ', 'KeyMissing'],
    ['a\u0000b', 'KeyHasControlCharacter'],
    ['a\nb', 'KeyHasControlCharacter'],
    ['a\u0085b', 'KeyHasControlCharacter'],
    ['x'.repeat(256), 'KeyTooLong'],
    ['😀'.repeat(256), 'KeyTooLong'],
  ])('%j is refused as %s', (text, reject) => {
    expect(canonicalKey({ type: 'externalId' }, text)).toEqual({ reject });
  });
});

describe.each(['email', 'externalId'] as const)('canonical keys of type %s', (type) => {
  it('are their own canonical key, and differ in nothing but the blanks around them', () => {
    fc.assert(
      fc.property(texts[type], fc.constantFrom('', ' ', '\t'), (text, blank) => {
        const canonical = canonicalKey({ type }, text);
        expect(canonicalKey({ type }, blank + text + blank)).toEqual(canonical);
        if ('key' in canonical) expect(canonicalKey({ type }, canonical.key)).toEqual(canonical);
        else expect(KEY_REJECTS).toHaveProperty(canonical.reject);
      }),
      { numRuns: 2000 },
    );
  });

  it('are what the cheap test says yes to, wherever in a buffer they stand', () => {
    fc.assert(
      fc.property(texts[type], fc.nat(5), (text, before) => {
        const bytes = Buffer.from(text);
        const line = Buffer.concat([Buffer.alloc(before, 'x'), bytes, Buffer.from('\tAnna\n')]);
        if (canonicalTest(type)(line, before, before + bytes.length)) {
          expect(canonicalKey({ type }, text)).toEqual({ key: text });
        }
      }),
      { numRuns: 5000 },
    );
  });

  it('are all recognised by the cheap test when they are printable ASCII without a backslash', () => {
    fc.assert(
      fc.property(texts[type], (text) => {
        const canonical = canonicalKey({ type }, text);
        if (!('key' in canonical) || !/^[ -[\]-~]+$/.test(canonical.key)) return;
        const bytes = Buffer.from(canonical.key);
        expect(canonicalTest(type)(bytes, 0, bytes.length)).toBe(true);
      }),
      { numRuns: 2000 },
    );
  });

  it('are never seen by the cheap test in an escape of COPY, in nothing, or in 256 bytes', () => {
    const cheap = canonicalTest(type);
    for (const text of ['\\N', '', 'a\\\\b', 'a\\tb', `${'a'.repeat(250)}@sh.be`]) {
      expect(cheap(Buffer.from(text), 0, text.length)).toBe(false);
    }
  });
});
