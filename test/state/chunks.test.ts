import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { assignChunks, omittedAttributes, readChunks, setAside } from '../../state/imports/chunks.ts';
import { fenced } from '../../state/runs/lease.ts';
import { settleRun } from '../../state/settle/settle.ts';
import { chunkFile, cutAgain } from './chunk-files.ts';
import { deliver, FATES, goodRun, keySeedsOf, planned, sendChunk, type Fate } from './sending.ts';
import {
  definitionFor,
  freshState,
  membersOf,
  newActivation,
  type SegmentRow,
  type StateWorld,
} from './support.ts';
import { repeats } from '../setup/repeats.ts';

let world: StateWorld;
beforeAll(async () => {
  world = await freshState();
});
afterAll(() => world?.dispose());

const people = (count: number, values: (string | null)[] = ['1', '2', '3']) =>
  Array.from({ length: count }, (_, i) => ({ key: `p${String(i).padStart(5, '0')}`, values }));

test('all members of one pattern go into one file, however many they are', async () => {
  const run = await planned(world, definitionFor(newActivation()), people(5_000));
  expect(await readChunks(world.state, run.run)).toEqual([
    {
      no: 1,
      pattern: '000',
      bytes: 205_000,
      members: 5_000,
      retries: 0,
      waitsSince: null,
      firstRow: '(0,1)',
      lastRow: expect.stringMatching(/^\(\d+,\d+\)$/) as string,
    },
  ]);
});

test('there is one file for each set of attributes that are left out', async () => {
  const segment = [
    { key: 'all', values: ['1', '2', '3'] },
    { key: 'no a', values: [null, '2', null] },
    { key: 'blank b', values: ['1', '  ', '3'] },
    { key: 'also all', values: ['4', '5', ''] },
  ];
  const run = await planned(world, definitionFor(newActivation()), segment);
  const chunks = await readChunks(world.state, run.run);
  expect(chunks.map(({ no, pattern, members }) => [no, pattern, members])).toEqual([
    [1, '000', 2],
    [2, '010', 1],
    [3, '100', 1],
  ]);
  const files = await Promise.all(chunks.map((chunk) => chunkFile(world, run, chunk)));
  expect(files.map(({ columns }) => columns)).toEqual([
    ['customerId', 'a', 'b', 'c'],
    ['customerId', 'a', 'c'],
    ['customerId', 'b', 'c'],
  ]);
  expect(files[2]!.rows).toEqual([{ customerId: 'no a', b: '2', c: '' }]);
});

test('removed members are not sent, and a run without attributes sends nothing', async () => {
  const definition = definitionFor(newActivation());
  await goodRun(world, definition, people(3));
  const leaving = await planned(world, definition, people(1));
  expect(await readChunks(world.state, leaving.run)).toEqual([]);
  const bare = await planned(world, definitionFor(newActivation(), { attributes: [] }), [
    { key: 'a', values: [] },
  ]);
  expect(await readChunks(world.state, bare.run)).toEqual([]);
  expect(bare.plan).toMatchObject({ toSend: 0, push: 'first delivery' });
});

const textArb = fc
  .oneof(
    fc.string({ maxLength: 60 }),
    fc.stringMatching(/^[";é\n ]{0,20}$/),
    fc.constantFrom('x'.repeat(200)),
  )
  .map((text) => (text.trim() === '' ? '' : text)); // a row with a value that only JavaScript considers blank would be set aside
const segmentArb = fc.uniqueArray(
  fc.record({
    key: fc.stringMatching(/^[a-z"';\\%?]{1,6}$/),
    values: fc.tuple(fc.option(textArb), fc.option(fc.constant('b')), fc.option(textArb)),
  }),
  { selector: ({ key }) => key, maxLength: 25, minLength: 1 },
) as fc.Arbitrary<SegmentRow[]>;
/** An upper bound of the bytes of a row in a file. */
const bytesOf = ({ key, values }: SegmentRow) =>
  [key, ...values].reduce((sum, text) => sum + 2 * Buffer.byteLength(text ?? '') + 10, 0);

test('files are cut at the limit, and every member is in exactly one of them', async () => {
  await fc.assert(
    fc.asyncProperty(segmentArb, fc.integer({ min: 150, max: 1_500 }), async (segment, limit) => {
      const run = await planned(world, definitionFor(newActivation()), segment);
      await cutAgain(world, run, limit);
      const chunks = await readChunks(world.state, run.run);
      const longestRow = Math.max(...segment.map(bytesOf));
      const keys: string[] = [];
      for (const chunk of chunks) {
        const file = await chunkFile(world, run, chunk);
        // A row is not cut: it may exceed the limit. MAX_CHUNK_BYTES leaves 10 MB for that.
        expect(file.bytes).toBeLessThanOrEqual(limit + longestRow);
        expect(file.keys).toHaveLength(chunk.members);
        for (const row of file.rows)
          for (const name of ['a', 'b']) expect(row[name] ?? 'left out').not.toBe('');
        keys.push(...file.keys);
      }
      expect(keys.sort()).toEqual(segment.map(({ key }) => key!).sort());
      expect(chunks.map(({ no }) => no).toSorted((a, b) => a - b)).toEqual(
        chunks.map((_, index) => index + 1),
      );
      const patterns = new Set(chunks.map(({ pattern }) => pattern)).size;
      const total = segment.reduce((sum, row) => sum + bytesOf(row), 0);
      expect(chunks.length).toBeLessThanOrEqual(patterns + Math.floor(total / limit));
    }),
    { numRuns: repeats(60) },
  );
});

test('files are as large as allowed, and not larger', async () => {
  const limit = 20_000;
  const run = await planned(
    world,
    definitionFor(newActivation()),
    people(1_000, ['x'.repeat(100), 'b', 'c']),
  );
  await cutAgain(world, run, limit);
  const chunks = await readChunks(world.state, run.run);
  expect(chunks.length).toBeGreaterThan(5);
  for (const [index, chunk] of chunks.entries()) {
    const { bytes } = await chunkFile(world, run, chunk);
    expect(bytes).toBeLessThanOrEqual(limit);
    if (index < chunks.length - 1) expect(bytes).toBeGreaterThan(limit / 2);
  }
});

test('the outcome of a file is the outcome of its members and of no others', async () => {
  const fatesArb = fc.array(fc.constantFrom(...FATES), { minLength: 40, maxLength: 40 });
  await fc.assert(
    fc.asyncProperty(segmentArb, fatesArb, async (segment, fates) => {
      const definition = definitionFor(newActivation());
      const run = await planned(world, definition, segment);
      await cutAgain(world, run, 250);
      const fateOf = new Map<string, Fate>();
      for (const [index, chunk] of (await readChunks(world.state, run.run)).entries()) {
        const fate = fates[index % fates.length]!;
        for (const key of (await chunkFile(world, run, chunk)).keys) fateOf.set(key, fate);
        await sendChunk(world, run, chunk, fate);
      }
      await deliver(world, run);
      await settleRun(world.state, run);
      for (const member of await membersOf(world, definition.activation.id)) {
        const { key, hashes, attribute_mark, retry_at } = member;
        const fate = fateOf.get(key)!;
        expect([key, hashes !== null]).toEqual([key, fate === 'confirmed']);
        expect([key, attribute_mark !== null]).toEqual([key, ['confirmed', 'unexplained'].includes(fate)]);
        expect([key, retry_at !== null]).toEqual([key, fate === 'unexplained']);
      }
    }),
    { numRuns: repeats(40) },
  );
});

const bad = [{ attribute: 'b', reason: 'ValueTooLong' }];
const asideOf = (keys: string[]) => keys.map((key) => ({ key, pattern: '010', bad }));

test('members with rejected values get a file of their own, without these values', async () => {
  const run = await planned(world, definitionFor(newActivation()), people(4));
  const seeds = await keySeedsOf(world.state, run.run);
  const set = asideOf(['p00001', 'p00003']);
  await setAside(world.state, run, run, seeds, set);
  await setAside(world.state, run, run, seeds, set); // a retry
  const assign = () => fenced(world.state, run, (trx) => assignChunks(trx, run));
  expect(await assign()).toBe(1);
  expect(await assign()).toBe(0);
  const chunks = await readChunks(world.state, run.run);
  const files = await Promise.all(chunks.map((chunk) => chunkFile(world, run, chunk)));
  expect(files.map(({ columns, keys }) => [columns, keys.sort()])).toEqual([
    [
      ['customerId', 'a', 'b', 'c'],
      ['p00000', 'p00002'],
    ],
    [
      ['customerId', 'a', 'c'],
      ['p00001', 'p00003'],
    ],
  ]);
});

test('files of members with rejected values are cut at the limit too', async () => {
  const limit = 1_200;
  const all = people(60, ['x'.repeat(100), 'b', 'c']);
  const run = await planned(world, definitionFor(newActivation()), all);
  const aside = all.map(({ key }) => key).filter((_, index) => index % 2 === 0);
  await setAside(world.state, run, run, await keySeedsOf(world.state, run.run), asideOf(aside));
  await fenced(world.state, run, (trx) => assignChunks(trx, run, limit));
  const chunks = (await readChunks(world.state, run.run)).filter(({ pattern }) => pattern === 'v010');
  expect(chunks.length).toBeGreaterThan(2);
  const files = await Promise.all(chunks.map((chunk) => chunkFile(world, run, chunk)));
  expect(files.flatMap(({ keys }) => keys).sort()).toEqual(aside);
  for (const [index, { bytes, keys }] of files.entries()) {
    expect(bytes).toBeLessThanOrEqual(limit);
    expect(keys).toHaveLength(chunks[index]!.members);
  }
});

test('a pattern says which attributes are left out', () => {
  expect(omittedAttributes('010')).toEqual([false, true, false]);
  expect(omittedAttributes('v110')).toEqual([true, true, false]);
  expect(omittedAttributes('')).toEqual([]);
});
