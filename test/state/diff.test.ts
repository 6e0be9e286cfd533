import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { checksumOf } from '../../activation/comparison/marks.ts';
import { hasOwnIdentifier, type Definition } from '../../activation/definition/definition.ts';
import { readPlanned } from '../../state/runs/runs.ts';
import { rows } from '../../state/state.ts';
import { ambiguousKeys, modelDelta, modelList, type ModelDelta, type ModelMember } from './diff-model.ts';
import { listLines } from './sending.ts';
import {
  activationRow,
  definitionFor,
  extract,
  freshState,
  marksOf,
  newActivation,
  open,
  type CompareOptions,
  type SegmentRow,
  type StateWorld,
} from './support.ts';

let world: StateWorld;
beforeAll(async () => {
  world = await freshState();
});
afterAll(() => world?.dispose());

const OWN_IDENTIFIER = { list: { identifier: { column: 'card', attribute: 'cardNumber' } } };
const KEYS = [...'abcdefghijkl'];

const valuesArb = fc.constantFrom(
  ['1', '2', '3'],
  ['1', '2', null],
  ['1', null, '3'],
  ['9', '  ', '3'],
  [null, '', null],
) as fc.Arbitrary<(string | null)[]>;
const identifierArb = fc.constantFrom('i1', 'i2');

const memberArb: fc.Arbitrary<ModelMember> = fc
  .record({
    listed: fc.boolean(),
    identifier: identifierArb,
    values: fc.option(valuesArb),
    outcome: fc.constantFrom('ok', 'ok', 'refused', 'unmatched', 'unexplained'),
    retry: fc.constantFrom('due', 'later'),
    missed: fc.constantFrom(null, null, 0, 1, 2),
  })
  .map((member) => ({ ...member, retry: member.outcome === 'ok' ? null : member.retry }));
const membersArb = fc.uniqueArray(fc.tuple(fc.constantFrom(...KEYS), memberArb), {
  selector: ([key]) => key,
});
const rowArb = fc.record({ key: fc.constantFrom(...KEYS), identifier: identifierArb, values: valuesArb });
/** Half of the rows have the known values of a member; some keys have several rows, in any order. */
const segmentOf = (members: [string, ModelMember][]): fc.Arbitrary<SegmentRow[]> =>
  fc
    .tuple(fc.subarray(members), fc.array(rowArb, { maxLength: 6 }), fc.boolean())
    .chain(([known, others, isTwice]) => {
      const same = known.flatMap(([key, { identifier, values }]) =>
        values ? [{ key, identifier, values }] : [],
      );
      const all = [...same, ...others, ...(isTwice ? same : [])];
      return fc.shuffledSubarray(all, { minLength: all.length });
    });
/** Memory for all rows, for some, and for none; slots that collide; batches of one row and more. */
const compareArb: fc.Arbitrary<CompareOptions> = fc.record(
  {
    slots: fc.constantFrom(512, 50, 50, 16, 1),
    indexBits: fc.constantFrom(0, 1 << 31, 7 << 29),
    batch: fc.integer({ min: 1, max: 5 }),
  },
  { requiredKeys: ['slots'] },
);
const worldArb = fc.tuple(membersArb, fc.boolean()).chain(([members, own]) =>
  fc.record({
    /** The list contains separate identifiers, and not the keys. */
    own: fc.constant(own),
    members: fc.constant(
      members.map(([key, member]): [string, ModelMember] => [
        key,
        own ? member : { ...member, identifier: key },
      ]),
    ),
    segment: segmentOf(members).map((segment) =>
      segment.map((row): SegmentRow => (own ? row : { ...row, identifier: row.key })),
    ),
    resync: fc.boolean(),
    mayRetry: fc.boolean(),
    grace: fc.constantFrom(0, 1, 2),
    options: compareArb,
  }),
);

const RETRY_AT = { due: `now() - interval '1 minute'`, later: `now() + interval '1 hour'` };

/** Inserts members as if earlier runs had settled them. */
async function insertMembers(definition: Definition, members: [string, ModelMember][]): Promise<void> {
  const { id } = definition.activation;
  const own = hasOwnIdentifier(definition.activation);
  const seed = String((await activationRow(world, id)).seed);
  const listed: bigint[] = [];
  for (const [key, member] of members) {
    const { identifier, outcome, retry, missed = null } = member;
    const marks = marksOf(definition, seed, { key, identifier, values: member.values ?? ['', '', ''] });
    if (member.listed) listed.push(BigInt(marks.identifierMark));
    const isConfirmed = member.values !== null && outcome !== 'unexplained';
    await world.state.raw(
      `insert into members_${id.replaceAll('-', '_')}
         (mark, attribute_mark, identifier_mark, key, identifier, listed, hashes, outcome, retry_at, since, missing_run,
          missing_since, missing_after)
       values (:mark, :attributeMark, :identifierMark, :key, :identifier, :listed, decode(:hashes, 'hex'), :outcome,
               ${retry ? RETRY_AT[retry] : 'null'}, 0, :missingRun, now(), :missingAfter)`,
      {
        ...marks,
        key,
        identifier: own ? identifier : null,
        listed: member.listed,
        outcome,
        attributeMark: member.values && marks.attributeMark,
        hashes: isConfirmed ? marks.hashes : null,
        missingRun: missed === null ? null : 1,
        missingAfter: missed === null ? null : 9 - missed,
      },
    );
  }
  await world.state.raw(
    'update activations set list_own = :own, list_members = :members, list_checksum = :checksum where id = :id',
    { id, own, members: listed.length, checksum: checksumOf(...listed) },
  );
}

test('the delta follows the rules for every member, for any order of rows and any amount of memory', async () => {
  const seen = new Set<string | null>();
  await fc.assert(
    fc.asyncProperty(worldArb, async ({ own, members, segment, resync, mayRetry, grace, options }) => {
      const removal = grace > 0 ? { removal: { after: `${grace} runs` } } : {};
      const definition = definitionFor(newActivation(), { ...(own ? OWN_IDENTIFIER : {}), ...removal });
      const run = await open(world, definition, { resync });
      await insertMembers(definition, members);
      await world.state.raw(
        `update activations set retried_at = now() - cast(? as interval), succeeded_runs = 9 where id = ?`,
        [mayRetry ? '25 hours' : '1 hour', run.activation],
      );
      await extract(world, run, segment, options);
      const planned = await readPlanned(world.state, run.run);

      const known = new Map(members);
      const expected = modelDelta(known, segment, { resync, mayRetry, grace });
      const delta = await rows(
        world.state,
        `select coalesce(d.key, m.key) as key, membership, attributes, pattern, known
         from ${planned.delta} d left join members_${run.activation.replaceAll('-', '_')} m using (mark) order by 1`,
      );
      expect(delta).toEqual(expected.map((row) => ({ ...row, known: known.has(row.key) })));
      const list = modelList(known, segment, expected);
      expect(await listLines(world, planned)).toEqual(list);
      const count = (test: (row: ModelDelta) => boolean) => expected.filter(test).length;
      const retries = count(({ attributes }) => attributes === 'retry');
      const toSend = count(({ attributes }) => attributes !== null);
      expect(planned.plan).toMatchObject({ toSend, retriesAlone: retries > 0 && retries === toSend });
      expect(planned.counts).toMatchObject({
        read: segment.length,
        members: list.length,
        duplicates: segment.length - new Set(segment.map(({ key }) => key)).size,
        ambiguous: ambiguousKeys(segment).length,
        added: count(({ membership }) => membership === 'added'),
        removed: count(({ membership }) => membership === 'removed'),
        changed: count(({ attributes }) => attributes === 'changed'),
        unchanged:
          list.length -
          count(
            ({ membership, attributes }) =>
              attributes !== null || ['added', 'reidentified', 'leaving'].includes(membership!),
          ),
      });
      for (const { membership, attributes } of expected) seen.add(membership).add(attributes);
    }),
    { numRuns: 150 },
  );
  // The cases were varied enough to show each rule.
  const memberships = ['added', 'removed', 'reidentified', 'leaving', 'returned', 'erased'];
  for (const kind of [...memberships, 'fresh', 'changed', 'retry', 'resent']) {
    expect(seen).toContain(kind);
  }
}, 180_000);

test('a published plan is not created again', async () => {
  const run = await open(world, definitionFor(newActivation()));
  const first = await extract(world, run, [{ key: 'a', values: ['1', '2', '3'] }]);
  expect(await extract(world, run, [{ key: 'b', values: ['4', '5', '6'] }])).toEqual(first);
  expect(await readPlanned(world.state, run.run)).toEqual(first);
});

test('the same plan has the same hash; another segment, a resync or another mapping changes it', async () => {
  const id = newActivation();
  const hashOf = async (value: string, options = {}, changes = {}) => {
    const run = await open(world, definitionFor(id, changes), options);
    await extract(world, run, [{ key: 'a', values: [value, '2', '3'] }]);
    return (await readPlanned(world.state, run.run)).plan.hash;
  };
  const hash = await hashOf('1');
  expect(await hashOf('1')).toBe(hash);
  const renamed = { list: { name: 'Other' } };
  const others = [await hashOf('2'), await hashOf('1', { resync: true }), await hashOf('1', {}, renamed)];
  expect(new Set([hash, ...others]).size).toBe(4);
});
