import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Definition } from '../../../activation/definition/definition.ts';
import type { Directory } from '../../../state/profiles/directory.ts';
import type { PlannedRun } from '../../../state/runs/runs.ts';
import { rows } from '../../../state/state.ts';
import { closeRun } from '../../../state/runs/close.ts';
import { settleRun } from '../../../state/settle/settle.ts';
import { ended } from '../../support/ended.ts';
import { deliver, listLines, planned } from '../sending.ts';
import {
  activationRow,
  extract,
  freshState,
  marksOf,
  membersOf,
  newActivation,
  open,
  type CompareOptions,
  type StateWorld,
} from '../support.ts';
import { directoryOf, load, ownTable, resolvedBy } from './support.ts';

let world: StateWorld;
beforeAll(async () => {
  world = await freshState();
});
afterAll(() => world?.dispose());

type Segment = readonly (readonly [key: string, value: string])[];

const rowsOf = (segment: Segment) => segment.map(([key, value]) => ({ key, values: [value] }));

/** A run that delivers its list if it is due, and settles. */
async function run(definition: Definition, segment: Segment): Promise<PlannedRun> {
  const made = await planned(world, definition, rowsOf(segment));
  if (made.plan.push) await deliver(world, made);
  await settleRun(world.state, made);
  await closeRun(world.state, made, ended('succeeded'));
  return made;
}

async function begin(profiles: readonly (readonly [string, string | null])[], changes: object = {}) {
  const id = newActivation();
  const directory = await directoryOf(world, id);
  if (profiles.length > 0) await load(world, directory, profiles);
  const definition = ownTable(id, resolvedBy(id, changes));
  return { id, directory, definition };
}

const listOf = async (id: string) =>
  (await membersOf(world, id)).filter(({ listed }) => listed).map(({ key, identifier }) => [key, identifier]);
const outcomesOf = async (id: string) =>
  Object.fromEntries((await membersOf(world, id)).map(({ key, outcome }) => [key, outcome]));
async function deltaRows({ delta }: PlannedRun) {
  return rows(world.state, `select key, membership, attributes from ${delta} order by key, membership`);
}

test('the list contains the ids of the profiles with the keys; a member without a profile waits', async () => {
  const { id, definition } = await begin([
    ['p1', 'anna'],
    ['p2', 'ben'],
    ['p8', 'twin'],
    ['p9', 'twin'],
  ]);
  const made = await planned(
    world,
    definition,
    rowsOf([
      ['anna', '1'],
      ['ben', '2'],
      ['nobody', '3'],
      ['twin', '4'],
    ]),
  );
  expect(await listLines(world, made)).toEqual(['p1', 'p2']);
  expect(made.counts).toMatchObject({ read: 4, members: 2, added: 2, waiting: 2 });
  expect(await deltaRows(made)).toEqual([
    { key: 'anna', membership: 'added', attributes: 'fresh' },
    { key: 'ben', membership: 'added', attributes: 'fresh' },
    { key: 'nobody', membership: 'waiting', attributes: null },
    { key: 'twin', membership: 'several', attributes: null },
  ]);
  await deliver(world, made);
  await settleRun(world.state, made);
  expect(await listOf(id)).toEqual([
    ['anna', 'p1'],
    ['ben', 'p2'],
  ]);
  expect(await outcomesOf(id)).toEqual({ anna: 'ok', ben: 'ok', nobody: 'waiting', twin: 'several' });
});

test('an unchanged segment and directory write nothing, also about members who wait', async () => {
  const { definition } = await begin([['p1', 'anna']]);
  const segment = [
    ['anna', '1'],
    ['nobody', '2'],
  ] as const;
  await run(definition, segment);
  await confirm(definition, 'anna', '1');
  const later = [
    ['anna', '1'],
    ['nobody', 'another value'],
  ] as const;
  const again = await planned(world, definition, rowsOf(later));
  expect(await deltaRows(again)).toEqual([]);
  expect(again.counts).toMatchObject({ members: 1, waiting: 1, added: 0, removed: 0 });
});

/** Records that Actito confirmed this value of a member. */
async function confirm({ activation, ...rest }: Definition, key: string, value: string): Promise<void> {
  const { seed } = await activationRow(world, activation.id);
  const marks = marksOf({ activation, ...rest }, String(seed), { key, values: [value] });
  await world.state.raw(
    `update members_${activation.id.replaceAll('-', '_')}
     set attribute_mark = :attributeMark, hashes = decode(:hashes, 'hex'), waits_since = null where key = :key`,
    { attributeMark: marks.attributeMark, hashes: marks.hashes, key },
  );
}

describe('after a change of the directory, with an unchanged segment', () => {
  const segment = [
    ['anna', '1'],
    ['ben', '2'],
    ['nobody', '3'],
  ] as const;
  const start = async () => {
    const world = await begin([
      ['p1', 'anna'],
      ['p2', 'ben'],
    ]);
    await run(world.definition, segment);
    return world;
  };

  test('a member who waited is added, with all attributes', async () => {
    const { id, directory, definition } = await start();
    await load(world, directory, [['p3', 'nobody']]);
    const made = await planned(world, definition, rowsOf(segment));
    const [found] = (await deltaRows(made)).filter((row) => (row as { key: string }).key === 'nobody');
    expect(found).toEqual({ key: 'nobody', membership: 'added', attributes: 'fresh' });
    expect(made.counts).toMatchObject({ added: 1, removed: 0, waiting: 0 });
    await deliver(world, made);
    await settleRun(world.state, made);
    expect(await listOf(id)).toContainEqual(['nobody', 'p3']);
    expect(await outcomesOf(id)).toMatchObject({ nobody: 'ok' });
  });

  test('a member whose profile is gone leaves the list, counts as removed, and waits', async () => {
    const { id, directory, definition } = await start();
    await load(world, directory, [['p2', null]]);
    const made = await planned(world, definition, rowsOf(segment));
    expect(made.counts).toMatchObject({ members: 1, added: 0, removed: 1, waiting: 2 });
    expect(await listLines(world, made)).toEqual(['p1']);
    await deliver(world, made);
    await settleRun(world.state, made);
    await closeRun(world.state, made, ended('succeeded'));
    expect(await listOf(id)).toEqual([['anna', 'p1']]);
    expect(await outcomesOf(id)).toMatchObject({ ben: 'waiting' });
    const [logged] = await rows(
      world.state,
      `select change, key, identifier from changes where run = ? and key = 'ben'`,
      [made.run],
    );
    expect(logged).toEqual({ change: 'left', key: 'ben', identifier: 'p2' });
  });

  test('a member whose key moved to another profile has that profile on the list, and all attributes are sent', async () => {
    const { id, directory, definition } = await start();
    await load(world, directory, [
      ['p2', 'former@ben'],
      ['p7', 'ben'],
    ]);
    const made = await planned(world, definition, rowsOf(segment));
    expect(await deltaRows(made)).toContainEqual({
      key: 'ben',
      membership: 'reidentified',
      attributes: 'fresh',
    });
    expect(await listLines(world, made)).toEqual(['p1', 'p7']);
    await deliver(world, made);
    await settleRun(world.state, made);
    expect(await listOf(id)).toEqual([
      ['anna', 'p1'],
      ['ben', 'p7'],
    ]);
  });

  test('a member whose key got a second profile leaves the list; when one of them goes, they return', async () => {
    const { id, directory, definition } = await start();
    await load(world, directory, [['p5', 'anna']]);
    await run(definition, segment);
    expect(await outcomesOf(id)).toMatchObject({ anna: 'several' });
    await load(world, directory, [['p1', 'old@anna']]);
    await run(definition, segment);
    expect(await listOf(id)).toContainEqual(['anna', 'p5']);
  });

  test('a change that was not delivered is noticed again by the next run', async () => {
    const { id, directory, definition } = await start();
    await load(world, directory, [['p3', 'nobody']]);
    const failed = await planned(world, definition, rowsOf(segment));
    await settleRun(world.state, failed); // nothing was delivered
    await closeRun(world.state, failed, ended('failed'));
    expect(await listOf(id)).not.toContainEqual(['nobody', 'p3']);
    await run(definition, segment);
    expect(await listOf(id)).toContainEqual(['nobody', 'p3']);
  });

  test('an activation that missed more loads than the log keeps looks up everyone', async () => {
    const { id, directory, definition } = await start();
    await load(world, directory, [['p3', 'nobody']]);
    await world.state.raw(
      `delete from profile_changes_${directory.id}; update directories set logged_after = load where id = ${directory.id}`,
    );
    await run(definition, segment);
    expect(await listOf(id)).toContainEqual(['nobody', 'p3']);
  });
});

test('a grace period ends when the profile changes, so the list keeps no foreign profile', async () => {
  const { id, directory, definition } = await begin(
    [
      ['p1', 'anna'],
      ['p2', 'ben'],
    ],
    { removal: { after: '5 runs' } },
  );
  await run(definition, [
    ['anna', '1'],
    ['ben', '1'],
  ]);
  await run(definition, []);
  expect(await listOf(id)).toHaveLength(2);
  await load(world, directory, [['p2', 'somebody else']]);
  await run(definition, []);
  expect(await listOf(id)).toEqual([['anna', 'p1']]);
});

test('switching a list from keys to profile ids replaces its entries, and sends no attributes again', async () => {
  const { id, directory, definition } = await begin([]);
  const byKey = ownTable(id, resolvedBy(id, { list: {} }));
  await run(byKey, [['anna', '1']]);
  await confirm(byKey, 'anna', '1');
  await load(world, directory, [['p1', 'anna']]);
  const made = await planned(world, definition, rowsOf([['anna', '1']]));
  expect(await deltaRows(made)).toEqual([{ key: 'anna', membership: 'reidentified', attributes: null }]);
  expect(await listLines(world, made)).toEqual(['p1']);
});

test('without an export the list cannot be made, and nothing is taken from it', async () => {
  const { definition } = await begin([]);
  const opened = await open(world, definition);
  await expect(extract(world, opened, rowsOf([['anna', '1']]))).rejects.toMatchObject({
    type: 'ExportInvalid',
    told: { reason: 'directoryEmpty' },
  });
});

describe('the match forecast', () => {
  const many = (count: number, from = 0): Segment =>
    Array.from({ length: count }, (_, index) => [`m${from + index}`, '1']);
  const profiles = (count: number) =>
    Array.from({ length: count }, (_, index) => [`p${index}`, `m${index}`] as const);

  test('holds a list of which too few members have a profile, before anything is sent', async () => {
    const { definition } = await begin(profiles(120), { guards: { minMatchRatio: 0.9 } });
    const made = await planned(world, definition, rowsOf(many(200)));
    expect(made.plan.guards).toMatchObject([
      { guard: 'minMatchRatio', facts: { judged: 200, missed: 80, limit: 0.9 } },
    ]);
  });

  test('holds no list with enough profiles, and needs no attributes for it', async () => {
    const changes = { guards: { minMatchRatio: 0.5 }, attributes: [] };
    const { definition } = await begin(profiles(120), changes);
    const segment = many(200).map(({ 0: key }) => ({ key, values: [] }));
    expect((await planned(world, definition, segment)).plan.guards).toEqual([]);
  });

  test('holds a list of nobody without any setting', async () => {
    const { definition } = await begin([['p1', 'anna']]);
    const made = await planned(world, definition, rowsOf(many(100)));
    expect(made.plan.guards).toMatchObject([{ guard: 'minMatchRatio', facts: { judged: 100, missed: 100 } }]);
  });

  test('lets members without profiles enter beside a list with profiles', async () => {
    const { definition } = await begin([['p1', 'anna']]);
    await run(definition, [['anna', '1']]);
    const made = await planned(world, definition, rowsOf([['anna', '1'], ...many(100)]));
    expect(made.plan.guards).toEqual([]);
  });
});

/** Memory for all rows, for some, and for none, so that rows are deferred before or after their profile is known. */
const compareArb: fc.Arbitrary<CompareOptions> = fc.record(
  { slots: fc.constantFrom(512, 16, 1), batch: fc.integer({ min: 1, max: 5 }) },
  { requiredKeys: ['slots'] },
);
const KEYS = ['a', 'b', 'c', 'd', 'e'] as const;
const stepArb = fc.record({
  segment: fc.array(fc.tuple(fc.constantFrom(...KEYS), fc.constantFrom('1', '1', '2')), { maxLength: 7 }),
  /** Profiles that an export names, with their keys. */
  profiles: fc.uniqueArray(
    fc.tuple(fc.constantFrom('p1', 'p2', 'p3', 'p4'), fc.constantFrom(null, ...KEYS)),
    { selector: ([profile]) => profile, maxLength: 4 },
  ),
  kind: fc.constantFrom('none', 'daily', 'daily', 'full'),
  fate: fc.constantFrom('delivered', 'delivered', 'delivered', 'not delivered', 'dry'),
  options: compareArb,
});

test('whatever happens to segment, directory and runs, the list is the segment as the directory resolves it', async () => {
  const seen = { waited: 0, resolved: 0 };
  await fc.assert(
    fc.asyncProperty(fc.array(stepArb, { minLength: 1, maxLength: 7 }), async (steps) => {
      const { id, directory, definition } = await begin([['p0', 'z']]);
      const known = new Map<string, string | null>([['p0', 'z']]);
      for (const { segment, profiles, kind, fate, options } of steps) {
        if (kind === 'full') known.clear();
        if (kind !== 'none') {
          for (const [profile, key] of profiles) known.set(profile, key);
          await load(world, directory, profiles, { kind, mayShrink: true });
        }
        const expected = expectedList(segment, known);
        const opened = await open(world, definition, { dryRun: fate === 'dry' });
        const made = (await extract(world, opened, rowsOf(segment), options)) as PlannedRun;
        expect(await listLines(world, made)).toEqual(expected.map(([, profile]) => profile).sort());
        expect(made.counts.waiting).toBe(new Set(segment.map(([key]) => key)).size - expected.length);
        seen.waited += made.counts.waiting!;
        seen.resolved += expected.length;
        if (fate !== 'dry') await finish(made, fate === 'delivered');
        else await closeRun(world.state, made, ended('succeeded'));
        if (fate === 'delivered') expect(await listOf(id)).toEqual(expected);
      }
    }),
    { numRuns: 60 },
  );
  expect(seen.waited).toBeGreaterThan(50);
  expect(seen.resolved).toBeGreaterThan(50);
});

function expectedList(segment: Segment, known: ReadonlyMap<string, string | null>): [string, string][] {
  const keys = [...new Set(segment.map(([key]) => key))].sort();
  return keys.flatMap((key): [string, string][] => {
    const profiles = [...known].filter(([, its]) => its === key).map(([profile]) => profile);
    return profiles.length === 1 ? [[key, profiles[0]!]] : [];
  });
}

async function finish(made: PlannedRun, isDelivered: boolean): Promise<void> {
  if (made.plan.push && isDelivered) await deliver(world, made);
  await settleRun(world.state, made);
  await closeRun(world.state, made, ended(isDelivered ? 'succeeded' : 'failed'));
}

test('the activation remembers the load that its list reflects', async () => {
  const { id, directory, definition } = await begin([['p1', 'anna']]);
  await run(definition, [['anna', '1']]);
  expect(await activationRow(world, id)).toMatchObject({ directory: directory.id, directory_load: '1' });
  await load(world, directory, [['p2', 'ben']]);
  await run(definition, [['anna', '1']]);
  expect(await activationRow(world, id)).toMatchObject({ directory_load: '2' });
});
