import { afterAll, beforeAll, expect, test } from 'vitest';
import { readChunks } from '../../state/imports/chunks.ts';
import { closeRun } from '../../state/runs/close.ts';
import type { Holder } from '../../state/runs/lease.ts';
import { publish } from '../../state/delta/publish.ts';
import { readPlanned } from '../../state/runs/runs.ts';
import { saveProvisioned } from '../../state/lists/provisioned.ts';
import { settleRun } from '../../state/settle/settle.ts';
import { setTransaction } from '../../state/state.ts';
import { deliver, goodRun, planned, sendAll, sendChunk } from './sending.ts';
import {
  activationRow,
  compareInto,
  definitionFor,
  everyoneIsThere,
  execution,
  freshState,
  membersOf,
  newActivation,
  open,
  tryToOpen,
  type StateWorld,
} from './support.ts';
import { ended } from '../support/ended.ts';

let world: StateWorld;
beforeAll(async () => {
  world = await freshState();
});
afterAll(() => world?.dispose());

const ANNA = { key: 'anna', values: ['1', '2', '3'] };
const BOB = { key: 'bob', values: ['1', '2', '3'] };

test('two results for one member do not prevent the run from settling', async () => {
  const definition = definitionFor(newActivation());
  const run = await planned(world, definition, [ANNA, BOB]);
  const [chunk] = await readChunks(world.state, run.run);
  const refused = { key: 'anna', outcome: 'refused', reason: 'INVALID_VALUE' } as const;
  await sendChunk(world, run, chunk!, 'confirmed', [refused, refused]);
  await deliver(world, run);
  await settleRun(world.state, run);
  expect(await membersOf(world, definition.activation.id)).toMatchObject([
    { key: 'anna', outcome: 'refused' },
    { key: 'bob', outcome: 'ok' },
  ]);
});

test('two attempts to open for one execution at once get the same run', async () => {
  const definition = definitionFor(newActivation());
  await open(world, definition);
  for (let round = 0; round < 10; round++) {
    const holder = execution(definition.activation.id);
    const isOpen = async ({ runId }: Holder) => runId === holder.runId;
    const both = await Promise.all([1, 2].map(() => tryToOpen(world, definition, { holder, isOpen })));
    expect(both[0]).toHaveProperty('run');
    expect(both[1]).toEqual(both[0]);
  }
});

test('if several executions open a new activation at once, one gets it and the others find it busy', async () => {
  for (let round = 0; round < 10; round++) {
    const definition = definitionFor(newActivation());
    const opening = Array.from({ length: 4 }, () =>
      tryToOpen(world, definition, { isOpen: everyoneIsThere }),
    );
    const opened = await Promise.all(opening);
    expect(opened.filter((result) => 'run' in result)).toHaveLength(1);
  }
});

test('a failed dry run leaves everything as it was', async () => {
  const definition = definitionFor(newActivation());
  const { id } = definition.activation;
  const run = await open(world, definition);
  await saveProvisioned(world.state, run, id, { key: 'k', tableId: '16', listId: '1', attributes: [] });
  await closeRun(world.state, run, null);
  const before = await activationRow(world, id);
  const dry = await open(world, definition, { dryRun: true });
  await closeRun(world.state, dry, ended('failed'));
  expect(await activationRow(world, id)).toEqual(before);
});

test('opening a busy activation returns at once, even while its run settles', async () => {
  const definition = definitionFor(newActivation());
  const { id } = definition.activation;
  await goodRun(world, definition, [ANNA]);
  await open(world, definition);
  let told: unknown;
  await setTransaction(world.state, async (trx) => {
    await trx.raw(`update members_${id.replaceAll('-', '_')} set outcome = outcome`);
    const opening = tryToOpen(world, definition, { isOpen: everyoneIsThere });
    told = await Promise.race([opening, trx.raw('select pg_sleep(5)').then(() => 'still waiting')]);
  });
  expect(told).toHaveProperty('busy');
});

test('two attempts that publish at once publish one delta and get the same plan', async () => {
  for (let round = 0; round < 5; round++) {
    const run = await open(world, definitionFor(newActivation()));
    const attempts = await Promise.all(
      [[ANNA], [ANNA, BOB]].map((segment) => compareInto(world, run, segment)),
    );
    const [one, other] = await Promise.all(
      attempts.map(({ attempt, found }) => publish(world.state, run, attempt, found)),
    );
    expect(other).toEqual(one);
    expect(await readPlanned(world.state, run.run)).toEqual(one);
    expect(one!.counts.members).toBe(one!.counts.read);
    expect(await readChunks(world.state, run.run)).toMatchObject([{ members: one!.counts.read }]);
  }
});

test('settling twice at once has the effect of settling once', async () => {
  for (let round = 0; round < 5; round++) {
    const run = await planned(world, definitionFor(newActivation()), [ANNA, BOB]);
    await sendAll(world, run);
    await deliver(world, run);
    await Promise.all([settleRun(world.state, run), settleRun(world.state, run)]);
    expect(await membersOf(world, run.activation)).toHaveLength(2);
  }
});

test('every run reports members whose rows contradict each other, even if nothing changed', async () => {
  const definition = definitionFor(newActivation());
  const segment = [ANNA, { ...ANNA, values: ['x', '2', '3'] }];
  await goodRun(world, definition, segment);
  const { plan, counts } = await planned(world, definition, segment);
  expect(plan).toMatchObject({ push: null, toSend: 0 });
  expect(counts).toMatchObject({ ambiguous: 1 });
});
