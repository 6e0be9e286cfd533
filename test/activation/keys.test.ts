import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalKey } from '../../activation/keys/canonical.ts';
import { canonicalTest } from '../../activation/keys/fast.ts';
import { KEY_REJECTS } from '../../activation/keys/rejects.ts';

/** Addresses, near misses and noise, built from the pieces that matter for the rules. */
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
  'ß',
  'xn--',
  'XN--',
  'mller-kva',
  '\u200b',
  '\u200d',
  '\u202e',
  '。',
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
    ['anna@Müller.DE', 'anna@xn--mller-kva.de'],
    ['anna@mu\u0308ller.de', 'anna@xn--mller-kva.de'],
    ['anna@XN--Mller-KVA.xn--p1ai', 'anna@xn--mller-kva.xn--p1ai'],
    ['a@bücher.example', 'a@xn--bcher-kva.example'],
    ['a@xn--bcher-kva.example', 'a@xn--bcher-kva.example'],
    // A ß is a letter of its own since IDNA 2008, and not ss.
    ['anna@faß.de', 'anna@xn--fa-hia.de'],
    ['a@ΕΛΛΑΣ-SHOP.GR', 'a@xn---shop-c9d1a2ca5f.gr'],
    ['anna@почта.рф', 'anna@xn--80a1acny.xn--p1ai'],
    ['anna@ｓｈｏｐ。be', 'anna@shop.be'],
    ['anna@shop--x.be', 'anna@shop--x.be'],
    ['anna@نامه\u200cای.com', 'anna@xn--mgba3gch31f060k.com'],
    ['\u200b\u200eanna@shop.be\u202c\u2060', 'anna@shop.be'],
    [`anna@${'a'.repeat(63)}.be`, `anna@${'a'.repeat(63)}.be`],
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
    ['anna@xn--a.de', 'KeyMalformed'],
    ['anna@xn--.de', 'KeyMalformed'],
    ['anna@a%62c.be', 'KeyMalformed'],
    ['anna@shop.0x10', 'KeyMalformed'],
    ['anna@shop_1.be', 'KeyMalformed'],
    ['anna@😀.be', 'KeyMalformed'],
    [`anna@${'a'.repeat(64)}.be`, 'KeyMalformed'],
    [`anna@${'ü'.repeat(60)}.be`, 'KeyMalformed'],
    ['an\u200bna@shop.be', 'KeyHasInvisibleCharacter'],
    ['anna@sh\u200bop.be', 'KeyHasInvisibleCharacter'],
    ['anna@sh\u200cop.be', 'KeyHasInvisibleCharacter'],
    ['anna@\u202eeb.pohs', 'KeyHasInvisibleCharacter'],
    ['anna@sh\u00adop.be', 'KeyHasInvisibleCharacter'],
    ['an\u3164na@shop.be', 'KeyHasInvisibleCharacter'],
    ['andré@shop.be', 'KeyNotAscii'],
    ['\u212aarl@shop.be', 'KeyNotAscii'],
    [`abcdefgh@${longDomain}x`, 'KeyTooLong'],
  ])('%j is rejected as %s', (text, reject) => {
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
    ['\u202aC-0042\u202c', 'C-0042'],
    ['7.00', '7.00'],
    ['❤\ufe0f', '❤\ufe0f'],
  ])('%j becomes %j', (text, key) => {
    expect(canonicalKey({ type: 'externalId' }, text)).toEqual({ key });
  });

  it.each([
    [null, 'KeyMissing'],
    ['  ', 'KeyMissing'],
    ['a\u0000b', 'KeyHasControlCharacter'],
    ['a\nb', 'KeyHasControlCharacter'],
    ['a\u0085b', 'KeyHasControlCharacter'],
    ['C\u200b1', 'KeyHasInvisibleCharacter'],
    ['x'.repeat(256), 'KeyTooLong'],
    ['😀'.repeat(256), 'KeyTooLong'],
  ])('%j is rejected as %s', (text, reject) => {
    expect(canonicalKey({ type: 'externalId' }, text)).toEqual({ reject });
  });
});

describe('a matching key of a numeric column', () => {
  it.each([
    ['externalId', '1001.00', '1001'],
    ['externalId', '7.00', '7'],
    ['externalId', '7', '7'],
    ['externalId', '-12.0', '-12'],
    ['externalId', '0', '0'],
    ['externalId', '12345678901234567890.000', '12345678901234567890'],
    ['phone', '32475123456.00', '+32475123456'],
  ] as const)('of type %s reads %j as %j', (type, text, key) => {
    expect(canonicalKey({ type, defaultCountry: 'BE', kind: 'decimal' }, text)).toEqual({ key });
  });

  it.each(['1001.50', '0.1', 'NaN', 'Infinity', '-Infinity'])(
    'is rejected as not a whole number: %j',
    (text) => {
      expect(canonicalKey({ type: 'externalId', kind: 'decimal' }, text)).toEqual({ reject: 'KeyNotWhole' });
    },
  );

  it('passes its quick test only if it is canonical, and a canonical key always passes', () => {
    const cheap = canonicalTest({ type: 'externalId', kind: 'decimal' });
    const number = fc.stringMatching(/^-?\d{1,20}(\.\d{1,3})?$/);
    fc.assert(
      fc.property(fc.oneof(number, fc.constantFrom('', '-', 'NaN', '\\N')), (text) => {
        const canonical = canonicalKey({ type: 'externalId', kind: 'decimal' }, text);
        if (cheap(Buffer.from(text), 0, text.length)) expect(canonical).toEqual({ key: text });
        if ('key' in canonical) expect(cheap(Buffer.from(canonical.key), 0, canonical.key.length)).toBe(true);
      }),
      { numRuns: 2000 },
    );
  });
});

describe.each(['email', 'externalId'] as const)('canonical keys of type %s', (type) => {
  it('are their own canonical key, and differ only in surrounding blanks', () => {
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

  it('pass the quick test, at any position in a buffer', () => {
    fc.assert(
      fc.property(texts[type], fc.nat(5), (text, before) => {
        const bytes = Buffer.from(text);
        const line = Buffer.concat([Buffer.alloc(before, 'x'), bytes, Buffer.from('\tAnna\n')]);
        if (canonicalTest({ type })(line, before, before + bytes.length)) {
          expect(canonicalKey({ type }, text)).toEqual({ key: text });
        }
      }),
      { numRuns: 5000 },
    );
  });

  it('all pass the quick test if they are printable ASCII without a backslash or an encoded label', () => {
    fc.assert(
      fc.property(texts[type], (text) => {
        const canonical = canonicalKey({ type }, text);
        if (!('key' in canonical) || !/^[ -[\]-~]+$/.test(canonical.key)) return;
        if (type === 'email' && canonical.key.includes('xn--')) return;
        const bytes = Buffer.from(canonical.key);
        expect(canonicalTest({ type })(bytes, 0, bytes.length)).toBe(true);
      }),
      { numRuns: 2000 },
    );
  });

  it('never pass the quick test as an escape of COPY, as an empty text, or with 256 bytes', () => {
    const cheap = canonicalTest({ type });
    for (const text of ['\\N', '', 'a\\\\b', 'a\\tb', `${'a'.repeat(250)}@sh.be`]) {
      expect(cheap(Buffer.from(text), 0, text.length)).toBe(false);
    }
  });
});
