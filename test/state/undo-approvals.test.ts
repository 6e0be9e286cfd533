import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Definition } from '../../activation/definition/definition.ts';
import { closeRun } from '../../state/runs/close.ts';
import { recordDecision } from '../../state/decisions.ts';
import type { Plan, Run } from '../../state/runs/runs.ts';
import { settleRun } from '../../state/settle/settle.ts';
import { goodRun, planned } from './sending.ts';
import { definitionFor, execution, freshState, newActivation, type StateWorld } from './support.ts';
import { goodUndo, plannedUndo } from './undoing.ts';
import { ended } from '../support/ended.ts';

let world: StateWorld;
beforeAll(async () => {
  world = await freshState();
});
afterAll(() => world?.dispose());

const people = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, i) => ({ key: `m${from + i}`, values: ['1', '2', '3'] }));
const SMALL = people(0, 100);
const LARGE = people(0, 200);

/** A list that has grown so much that an undo is held, whether to the run `small` or to `other`. */
async function grown(): Promise<{ definition: Definition; small: string; other: string }> {
  const definition = definitionFor(newActivation(), { guards: {} });
  const small = await goodRun(world, definition, SMALL);
  const other = await goodRun(world, definition, people(0, 101));
  await goodRun(world, definition, LARGE);
  return { definition, small: small.run, other: other.run };
}

async function held(run: Run & { plan: Plan }): Promise<Run & { plan: Plan }> {
  expect(run.plan.guards).toHaveLength(1);
  await settleRun(world.state, run);
  await closeRun(world.state, run, ended('held'));
  return run;
}

const approve = ({ activation, plan }: Run & { plan: Plan }) =>
  recordDecision(world.state, {
    activation,
    planHash: plan.hash,
    verdict: 'approved',
    by: 'anna',
    reason: 'x',
    ...execution(activation),
  });

test('an approved undo passes; the approval does not cover an equal loss of the segment, or another undo', async () => {
  const { definition, small, other } = await grown();
  expect(await approve(await held(await plannedUndo(world, definition, small)))).toMatchObject({
    task: { undo: small },
  });
  const dryRun = { dryRun: true };
  expect((await planned(world, definition, SMALL, dryRun)).plan.guards).toHaveLength(1);
  expect((await plannedUndo(world, definition, small, dryRun)).plan).toMatchObject({
    guards: [],
    approved: { by: 'anna' },
  });
  expect((await plannedUndo(world, definition, other, dryRun)).plan.guards).toHaveLength(1);
});

test('an approval of a segment does not cover an undo', async () => {
  const { definition, small } = await grown();
  await approve(await held(await planned(world, definition, SMALL)));
  expect((await plannedUndo(world, definition, small, { dryRun: true })).plan.guards).toHaveLength(1);
});

test('a second or late approval of an undo is an error that says how to continue with an undo', async () => {
  const { definition, small } = await grown();
  const run = await held(await plannedUndo(world, definition, small));
  const { hash } = run.plan;
  const undo = `actito-sync undo ${definition.activation.id} --to ${small}`;
  await approve(run);
  await expect(approve(run)).rejects.toThrow(
    `for the next successful run: ${undo} --plan ${hash} --reason "…"`,
  );
  await goodUndo(world, definition, small);
  await expect(approve(run)).rejects.toThrow(`Make a new plan: ${undo}`);
});

test('an approval of a rebase does not cover a run that would send the same, nor the other way round', async () => {
  const { definition } = await grown();
  const rebase = { dryRun: false, rebase: true };
  await approve(await held(await planned(world, definition, SMALL, rebase)));
  expect((await held(await planned(world, definition, SMALL))).plan.guards).toHaveLength(1);
  const again = await planned(world, definition, SMALL, rebase);
  expect(again.plan).toMatchObject({ guards: [], approved: { by: 'anna' } });
  await closeRun(world.state, again, ended('cancelled'));

  const { definition: other } = await grown();
  await approve(await held(await planned(world, other, SMALL)));
  expect((await planned(world, other, SMALL, rebase)).plan.guards).toHaveLength(1);
});

test('a declined plan shows who declined it and why, while it is the current plan', async () => {
  const { definition } = await grown();
  const { activation, plan } = await held(await planned(world, definition, SMALL));
  await recordDecision(world.state, {
    activation,
    planHash: plan.hash,
    verdict: 'refused',
    by: 'bob',
    reason: 'not loaded',
    ...execution(activation),
  });
  const again = await held(await planned(world, definition, SMALL));
  expect(again.plan.refused).toEqual({ by: 'bob', reason: 'not loaded' });
  const other = await planned(world, definition, people(0, 30));
  expect([other.plan.guards.length, other.plan.refused]).toEqual([1, undefined]);
});
