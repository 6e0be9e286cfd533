import { afterAll, beforeAll, expect, test } from 'vitest';
import { closeRun } from '../../state/runs/close.ts';
import { readPlanned } from '../../state/runs/runs.ts';
import { settleRun } from '../../state/settle/settle.ts';
import { rows } from '../../state/state.ts';
import { deliver, goodRun, planned, sendAll } from './sending.ts';
import {
  activationRow,
  definitionFor,
  everyoneIsThere,
  extract,
  freshState,
  membersOf,
  newActivation,
  open,
  runRow,
  tables,
  type StateWorld,
} from './support.ts';

let world: StateWorld;
beforeAll(async () => {
  world = await freshState();
});
afterAll(() => world?.dispose());

type Definition = ReturnType<typeof definitionFor>;

const ANNA = { key: 'anna', values: ['1', '2', '3'] };
const BOB = { key: 'bob', values: ['1', '2', '3'] };
const CHANGED = [
  { ...BOB, values: ['x', null, '3'] },
  { key: 'carl', values: [null, null, null] },
];

/** All acknowledged and doubtful data of all activations. */
async function dump(): Promise<unknown> {
  const names = await tables(world, /^(members_.*|activations|deliveries|imports)$/);
  const content: Record<string, unknown> = {};
  for (const name of names) {
    const lines = await rows<{ line: string }>(world.state, `select cast(t as text) as line from ${name} t`);
    content[name] = lines.map(({ line }) => line).sort();
  }
  return content;
}

async function dryRun(definition: Definition) {
  const run = await open(world, definition, { dryRun: true, isOpen: everyoneIsThere });
  await extract(world, run, CHANGED);
  const { counts, plan } = await readPlanned(world.state, run.run);
  await settleRun(world.state, run);
  await closeRun(world.state, run, null);
  return { run, counts, plan };
}

test('a dry run shows what a run would do and leaves everything as it was', async () => {
  const definition = definitionFor(newActivation());
  await goodRun(world, definition, [ANNA, BOB]);
  const before = await dump();
  const { run, counts, plan } = await dryRun(definition);
  expect(counts).toMatchObject({ read: 2, added: 1, removed: 1, changed: 1, members: 2 });
  expect(plan).toMatchObject({ push: 'changed', toSend: 2 });
  expect(await dump()).toEqual(before);
  expect(await runRow(world, run.run)).toMatchObject({ fence: null, outcome: 'planned' });
  expect(await tables(world, new RegExp(`^(delta|aside|result)_${run.run}(_|$)`))).toEqual([]);
});

test('the plan of a dry run is the plan of the run that follows', async () => {
  const definition = definitionFor(newActivation());
  await goodRun(world, definition, [ANNA, BOB]);
  const { plan } = await dryRun(definition);
  expect((await planned(world, definition, CHANGED)).plan).toEqual(plan);
});

test('a dry run can run beside a run that holds the lease without disturbing it', async () => {
  const definition = definitionFor(newActivation());
  const holder = await planned(world, definition, [ANNA, BOB]);
  await sendAll(world, holder);
  const before = await dump();
  await dryRun(definition);
  expect(await dump()).toEqual(before);
  await deliver(world, holder);
  await settleRun(world.state, holder);
  await closeRun(world.state, holder, null);
  expect(await membersOf(world, definition.activation.id)).toHaveLength(2);
});

test('a dry run does not settle a killed run; the next run does', async () => {
  const definition = definitionFor(newActivation());
  const killed = await planned(world, definition, [ANNA]);
  await sendAll(world, killed);
  await deliver(world, killed);
  const before = await dump();
  const dry = await open(world, definition, { dryRun: true });
  await closeRun(world.state, dry, null);
  expect(await dump()).toEqual(before);
  expect(await runRow(world, killed.run)).toMatchObject({ settled_at: null, closed_at: null });
});

test('a dry run before the first run takes no lease and acknowledges nothing', async () => {
  const definition = definitionFor(newActivation());
  await dryRun(definition);
  expect(await membersOf(world, definition.activation.id)).toEqual([]);
  expect(await activationRow(world, definition.activation.id)).toMatchObject({
    fence: '0',
    holder_run: null,
    list_dirty: false,
    list_delivered_at: null,
    version: '0',
  });
});

test('the next run closes a killed dry run', async () => {
  const definition = definitionFor(newActivation());
  const dry = await open(world, definition, { dryRun: true });
  await extract(world, dry, CHANGED);
  await open(world, definition);
  expect(await runRow(world, dry.run)).toMatchObject({
    outcome: 'failed',
    closed_at: expect.any(Date) as Date,
  });
  expect(await tables(world, new RegExp(`^(delta|aside|result)_${dry.run}(_|$)`))).toEqual([]);
});
