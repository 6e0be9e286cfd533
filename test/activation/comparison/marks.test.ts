import fc from 'fast-check';
import { describe, expect, test, vi } from 'vitest';
import { wholeLines } from '../../../activation/comparison/whole-lines.ts';
import {
  checksumOf,
  identifierMark,
  keyMark,
  keySeeds,
  ListChecksum,
  seedsOf,
} from '../../../activation/comparison/marks.ts';
import { SlotMemory } from '../../../activation/comparison/budget.ts';
import { MarkTable, NARROW, PAGE, SIGHT, WIDE, WORDS } from '../../../activation/comparison/slots.ts';
import { escapeCopy } from '../../../activation/values/copy.ts';
import type { ColumnKind } from '../../../activation/values/kinds.ts';
import { attributeMark, columnsOf, compare, definitionFor, OWN_IDENTIFIER, SEED } from './support.ts';

vi.setConfig({ testTimeout: 60_000 }); // many small runs, on machines that do other things as well

const seeds = keySeeds(SEED);

describe('a table of marks', () => {
  const halfArb = fc.constantFrom(0n, 0n, 1n, 1n << 32n, (1n << 64n) - 1n);
  const sightArb = fc.tuple(halfArb, halfArb, halfArb, halfArb);

  test('keeps marks of 0 in any position, however its slots collide and as it grows', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(sightArb, { selector: ([a, b]) => `${a} ${b}`, maxLength: 25 }),
        fc.constantFrom(-1, 0, 1 << 31, 7 << 29),
        fc.constantFrom(NARROW, WIDE),
        (sights, indexBits, width) => {
          const table = new MarkTable(new SlotMemory(), width, 8, indexBits);
          for (const sight of sights) {
            SIGHT.set(sight);
            if (table.isFull) table.grow();
            expect(table.find()).toBe(false);
            table.fill(1);
          }
          expect(table.size).toBe(sights.length);
          for (const sight of sights) {
            SIGHT.set(sight);
            expect(table.find()).toBe(true);
            expect([table.hasAttributes(), table.hasIdentifier()]).toEqual([true, true]);
            SIGHT[2]! ^= 1n << 40n;
            expect(table.hasAttributes()).toBe(false);
            SIGHT[3]! ^= 1n;
            expect(table.hasIdentifier()).toBe(width === NARROW);
          }
        },
      ),
    );
  });

  test('of many pages finds every mark and no other, with pages that another table has used', () => {
    const memory = new SlotMemory();
    const mark = (no: number) => BigInt.asUintN(64, BigInt(no) * 0x9e3779b97f4a7c15n);
    const see = (no: number) => SIGHT.set([mark(no), mark(no + 1), mark(no + 2), mark(no + 3)]);
    for (const indexBits of [-1, 15 << 28]) {
      const table = new MarkTable(memory, WIDE, 8, indexBits);
      for (let no = 0; no < 7 * PAGE; no++) {
        see(no);
        if (table.isFull) table.grow();
        if (table.find()) throw new Error(`${no} was there`);
        table.fill(1 + (no % 7));
      }
      const wrong = Array.from({ length: 8 * PAGE }, (_, no) => no).filter((no) => {
        see(no);
        const isFound = table.find();
        if (no >= 7 * PAGE) return isFound;
        return !isFound || table.flags !== 1 + (no % 7) || !table.hasAttributes() || !table.hasIdentifier();
      });
      expect(wrong).toEqual([]);
      expect(table.capacity).toBeLessThan(14 * PAGE);
      table.close();
    }
  });

  test('grows without a change of the marks in progress', () => {
    const table = new MarkTable(new SlotMemory(), NARROW, 8, -1);
    SIGHT.set([1n, 2n, 3n, 4n]);
    table.find();
    table.fill(1);
    SIGHT.set([5n, 6n, 7n, 8n]);
    table.grow();
    expect([...WORDS]).toEqual([5, 0, 6, 0, 7, 0, 8, 0]);
    expect(table.capacity).toBe(16);
  });
});

describe('key and identifier marks', () => {
  test('are what a comparison writes, for any text', async () => {
    const textArb = fc.stringMatching(/^[a-zA-Z0-9\\é𝒳;"]{1,8}$/);
    await fc.assert(
      fc.asyncProperty(textArb, textArb, async (key, identifier) => {
        const row = { key, identifier, values: ['1', null, 'x\\\t'] };
        for (const changes of [{}, OWN_IDENTIFIER]) {
          const definition = definitionFor(changes);
          const [found] = (await compare(definition, [row])).delta;
          expect(found!.mark).toMatch(/^[0-9a-f]{32}$/);
          expect(keyMark(key, seeds)).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
          expect(found!.mark).toBe(keyMark(key, seeds).replaceAll('-', ''));
          const listedAs = changes === OWN_IDENTIFIER ? identifier : key;
          expect(found!.identifier_mark).toBe(identifierMark(listedAs, seeds));
          const mark = attributeMark(row.values, seedsOf(definition, columnsOf(definition), SEED));
          expect(found!.attribute_mark).toBe(String(mark));
        }
      }),
    );
  });

  test('an identifier mark of a key is the first half of its key mark', () => {
    const bytes = Buffer.from(keyMark('anna@shop.be', seeds).replaceAll('-', ''), 'hex');
    expect(identifierMark('anna@shop.be', seeds)).toBe(String(bytes.readBigInt64LE()));
  });
});

describe('the checksum of a list', () => {
  test('is the sum of its identifier marks, however the list is streamed', async () => {
    const identifierArb = fc.stringMatching(/^[a-z\\é\t;"]{1,8}$/);
    await fc.assert(
      fc.asyncProperty(
        fc.array(identifierArb, { maxLength: 30 }),
        fc.integer({ min: 1, max: 40 }),
        async (identifiers, size) => {
          const bytes = Buffer.from(identifiers.map((text) => `${escapeCopy(text)}\n`).join(''));
          const checksum = new ListChecksum(seeds);
          for await (const lines of wholeLines(inPieces(bytes, size), { size })) checksum.add(lines);
          const marks = identifiers.map((text) => BigInt(identifierMark(text, seeds)));
          expect(checksum.members).toBe(identifiers.length);
          expect(checksum.checksum).toBe(checksumOf(...marks));
        },
      ),
    );
  });

  test('of no member is 0, and never negative', () => {
    expect(new ListChecksum(seeds).checksum).toBe('0');
    expect(checksumOf()).toBe('0');
    expect(checksumOf(-1n)).toBe(String(2n ** 64n - 1n));
    expect(checksumOf(2n ** 63n, 2n ** 63n, 5n)).toBe('5');
  });
});

async function* inPieces(bytes: Buffer, size: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

describe('seeds', () => {
  const attributes = (nulls: string, last = 'c') =>
    ['a', 'b', last].map((attribute, index) => ({ column: 'abc'[index], attribute, nulls }));
  const variants: Record<string, { changes?: object; destination?: object; kind?: ColumnKind }> = {
    'another mapping': { changes: { attributes: attributes('keep', 'd') } },
    'fewer mappings': { changes: { attributes: attributes('keep').slice(0, 2) } },
    'another policy for nulls': { changes: { attributes: attributes('clear') } },
    'another kind of column': { kind: 'integer' },
    'another meaning of empty fields': { destination: { contract: { emptyValue: 'ignored' } } },
    'another profile table': { destination: { profileTable: 'Other' } },
    'another entity': { destination: { entity: 'other' } },
    'another time zone': { changes: { timezone: 'Asia/Tokyo' } },
    'another time zone of timestamps': { changes: { timezone: 'Asia/Tokyo' }, kind: 'timestamptz' },
    'another country of phone numbers': { changes: { defaultCountry: 'FR' } },
    'another unit of lengths': { destination: { contract: { lengthUnit: 'codePoints' } } },
    'another format': { destination: { contract: { formats: { a: 'phone' } } } },
    'another license': { destination: { baseUrl: 'https://other.test' } },
    'another matching attribute': {
      changes: { matchingKey: { column: 'id', type: 'externalId', attribute: 'other' } },
    },
  };
  const base = { attributes: attributes('keep') };
  const seedsWith = ({ changes = {}, destination = {}, kind = 'text' }: (typeof variants)[string] = {}) => {
    const definition = definitionFor({ ...base, ...changes }, destination);
    return seedsOf(definition, columnsOf(definition, kind), SEED);
  };

  test.each(Object.entries(variants))('of values change with %s, and those of keys do not', (_, variant) => {
    const [before, after] = [seedsWith(), seedsWith(variant)];
    expect(after.attributes).not.toBe(before.attributes);
    expect(after.key).toEqual(before.key);
  });

  test('of single values change only for the changed attribute, unless the change concerns all', () => {
    const before = seedsWith();
    const renamed = seedsWith(variants['another mapping']);
    expect(renamed.each.map((seed, index) => seed === before.each[index])).toEqual([true, true, false]);
    const moved = seedsWith(variants['another profile table']);
    expect(moved.each.map((seed, index) => seed === before.each[index])).toEqual([false, false, false]);
  });

  test('are all different, and change with the secret seed', () => {
    const all = ['1', '-1'].flatMap((seed) => {
      const definition = definitionFor(base);
      const { key, attributes: values, each } = seedsOf(definition, columnsOf(definition), seed);
      return [...key, values, ...each];
    });
    expect(new Set(all).size).toBe(all.length);
  });

  test('do not change with settings that do not affect values', () => {
    const other = seedsWith({ changes: { description: 'x', list: { name: 'Renamed' }, guards: {} } });
    expect(other).toEqual(seedsWith());
    const elsewhere = { timezone: 'Asia/Tokyo', defaultCountry: 'FR' };
    expect(seedsWith({ changes: elsewhere, kind: 'integer' })).toEqual(seedsWith({ kind: 'integer' }));
  });
});
