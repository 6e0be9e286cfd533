import type { Definition } from '../../activation/definition/definition.ts';
import { closeRun } from '../../state/runs/close.ts';
import { planRun } from '../../state/plan/plan.ts';
import type { Plan, Run } from '../../state/runs/runs.ts';
import { settleRun } from '../../state/settle/settle.ts';
import { beginExtraction, finishExtraction } from '../../state/stage.ts';
import { rows } from '../../state/state.ts';
import { knownColumns, recallList } from '../../state/undo.ts';
import { deliver } from './sending.ts';
import { membersOf, open, type OpenOptions, type StateWorld } from './support.ts';

/** Who is on a list, and what the list holds for them: the identifier by key. */
export type List = Record<string, string | null>;

/** Recalls a former list into the run's stage, as the activity does it. */
export async function recall({ state }: StateWorld, run: Run, to: string): Promise<void> {
  const extraction = await beginExtraction(state, run);
  const found = await recallList(state, run, extraction, to);
  await finishExtraction(state, run, extraction, {
    columns: await knownColumns(state, run),
    ...{ ...found, fingerprint: `undo:${extraction}`, rejected: 0, reasons: {}, guards: [] },
  });
}

/** Opens an undo and brings it to its plan. */
export async function plannedUndo(
  world: StateWorld,
  definition: Definition,
  to: string,
  options: OpenOptions = {},
): Promise<Run & { plan: Plan }> {
  const run = await open(world, definition, { ...options, undo: to });
  await recall(world, run, to);
  return planRun(world.state, run);
}

/** What the list would be after an undo; a dry run, so that all stays as it is. */
export async function foreseen(world: StateWorld, definition: Definition, to: string): Promise<List> {
  const run = await plannedUndo(world, definition, to, { dryRun: true });
  const staged = await rows<{ key: string; identifier: string | null }>(
    world.state,
    `select key, identifier from ${run.stage}`,
  );
  await closeRun(world.state, run, { outcome: 'succeeded' });
  return asList(staged);
}

/** Goes back to a run, and all arrives. */
export async function goodUndo(world: StateWorld, definition: Definition, to: string) {
  const run = await plannedUndo(world, definition, to);
  if (run.plan.push) await deliver(world, run);
  await settleRun(world.state, run);
  await closeRun(world.state, run, { outcome: 'succeeded' });
  return run;
}

/** Who is on the list that was delivered last. */
export async function listOf(world: StateWorld, { activation }: Definition): Promise<List> {
  return asList((await membersOf(world, activation.id)).filter(({ listed }) => listed));
}

export function asList(members: readonly { key: string | null; identifier?: string | null }[]): List {
  return Object.fromEntries(members.map(({ key, identifier }) => [String(key), identifier ?? null]));
}
