import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { planRun } from '../../state/plan/plan.ts';
import { rows } from '../../state/state.ts';
import { modelDelta, type ModelMember } from './diff-model.ts';
import {
  activationRow,
  definitionFor,
  extract,
  freshState,
  hashesOf,
  newActivation,
  open,
  type StateWorld,
} from './support.ts';

let world: StateWorld;
beforeAll(async () => {
  world = await freshState();
});
afterAll(() => world?.dispose());

const OWN_IDENTIFIER = { list: { identifier: { column: 'card', attribute: 'cardNumber' } } };
const KEYS = ['a', 'b', 'c', 'd', 'e'];

const valuesArb = fc.constantFrom(
  ['1', '2', '3'],
  ['1', '2', null],
  ['1', null, '3'],
  ['9', '  ', '3'],
  [null, '', null],
) as fc.Arbitrary<(string | null)[]>;
const identifierArb = fc.constantFrom('i1', 'i2');

const memberArb: fc.Arbitrary<ModelMember> = fc.record({
  listed: fc.boolean(),
  identifier: identifierArb,
  values: fc.option(valuesArb),
  outcome: fc.constantFrom('ok', 'ok', 'refused', 'unmatched'),
  retry: fc.constantFrom(null, 'due', 'later'),
  missed: fc.constantFrom(null, null, 0, 1, 2),
});
const membersArb = fc.uniqueArray(fc.tuple(fc.constantFrom(...KEYS), memberArb), {
  selector: ([key]) => key,
});
const rowArb = fc.record({ key: fc.constantFrom(...KEYS), identifier: identifierArb, values: valuesArb });
/** Half of the rows tell of a member what is known of it already. */
const worldArb = membersArb.chain((members) =>
  fc.record({
    members: fc.constant(members),
    segment: fc
      .tuple(fc.subarray(members), fc.array(rowArb, { maxLength: 4 }))
      .map(([known, rows]) => [
        ...known.flatMap(([key, { identifier, values }]) => (values ? [{ key, identifier, values }] : [])),
        ...rows,
      ]),
    resync: fc.boolean(),
    mayRetryAlone: fc.boolean(),
    grace: fc.constantFrom(0, 1, 2),
  }),
);

const RETRY_AT = { due: `now() - interval '1 minute'`, later: `now() + interval '1 hour'` };

test('the delta is what the rules say of every member', async () => {
  const seen = new Set<string | null>();
  await fc.assert(
    fc.asyncProperty(worldArb, async ({ members, segment, resync, mayRetryAlone, grace }) => {
      const removal = grace > 0 ? { removal: { after: `${grace} runs` } } : {};
      const definition = definitionFor(newActivation(), { ...OWN_IDENTIFIER, ...removal });
      const { id } = definition.activation;
      const run = await open(world, definition, { resync });
      const { seed } = await activationRow(world, id);
      for (const [key, { listed, identifier, values, outcome, retry, missed = null }] of members) {
        await world.state.raw(
          `insert into members_${id.replaceAll('-', '_')}
             (key, identifier, listed, hashes, outcome, retry_at, since, missing_run, missing_since, missing_after)
           values (:key, :identifier, :listed, decode(:hashes, 'hex'), :outcome, ${retry ? RETRY_AT[retry] : 'null'}, 0,
                   :missingRun, now(), :missingAfter)`,
          {
            ...{ key, identifier, listed, outcome },
            ...{ missingRun: missed === null ? null : 1, missingAfter: missed === null ? null : 9 - missed },
            hashes: values && hashesOf(definition, String(seed), values),
          },
        );
      }
      await world.state.raw(
        `update activations set retried_at = now() - cast(? as interval), succeeded_runs = 9 where id = ?`,
        [mayRetryAlone ? '25 hours' : '1 hour', id],
      );
      await extract(world, run, segment);
      const { plan, counts } = await readPlanned(world.state, run.run);

      const expected = modelDelta(new Map(members), segment, { resync, mayRetryAlone, grace });
      const delta = await rows(
        world.state,
        `select key, membership, attributes, pattern from delta_${run.run} order by key`,
      );
      expect(delta).toEqual(expected.delta);
      const count = (test: (row: (typeof expected.delta)[number]) => boolean) =>
        expected.delta.filter(test).length;
      expect(plan).toMatchObject({
        retriesAlone: expected.retriesAlone,
        toSend: count(({ attributes }) => attributes !== null),
      });
      expect(counts).toMatchObject({
        added: count(({ membership }) => membership === 'added'),
        removed: count(({ membership }) => membership === 'removed'),
        changed: count(({ attributes }) => attributes === 'changed'),
        members:
          new Set(segment.map(({ key }) => key)).size + count(({ membership }) => membership === 'leaving'),
      });
      for (const { membership, attributes } of expected.delta) seen.add(membership).add(attributes);
    }),
    { numRuns: 120 },
  );
  // The worlds were varied enough to have shown each rule.
  const memberships = ['added', 'removed', 'reidentified', 'leaving', 'returned', 'forgotten'];
  for (const kind of [...memberships, 'fresh', 'changed', 'retry', 'resent']) {
    expect(seen).toContain(kind);
  }
}, 180_000);

test('a plan that stands is not made again', async () => {
  const run = await open(world, definitionFor(newActivation()));
  await extract(world, run, [{ key: 'a', values: ['1', '2', '3'] }]);
  const first = await readPlanned(world.state, run.run);
  await world.state.raw(`delete from ${first.stage}`);
  expect(await readPlanned(world.state, run.run)).toEqual(first);
});

test('the same plan has the same hash, and another segment, resync or mapping another one', async () => {
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
