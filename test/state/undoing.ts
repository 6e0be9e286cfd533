import type { Definition } from '../../activation/definition/definition.ts';
import { closeRun } from '../../state/runs/close.ts';
import { publish } from '../../state/delta/publish.ts';
import { beginAttempt } from '../../state/delta/writer.ts';
import { deltaTable, membersTable } from '../../state/names.ts';
import { readPlanned, type PlannedRun, type Run } from '../../state/runs/runs.ts';
import { settleRun } from '../../state/settle/settle.ts';
import { rows } from '../../state/state.ts';
import { recallList } from '../../state/undo.ts';
import { deliver } from './sending.ts';
import { membersOf, open, type OpenOptions, type StateWorld } from './support.ts';

/** The members of a list, and their identifiers, by key. */
export type List = Record<string, string | null>;

/** Creates and publishes the delta of an undo, like the activity. */
async function recall({ state }: StateWorld, run: Run, to: string): Promise<void> {
  const attempt = await beginAttempt(state, run, run.definition.activation.attributes.length);
  await publish(state, run, attempt, await recallList(state, run, deltaTable(run.run, attempt), to));
}

/** Opens an undo and brings it to its plan. */
export async function plannedUndo(
  world: StateWorld,
  definition: Definition,
  to: string,
  options: OpenOptions = {},
): Promise<PlannedRun> {
  const run = await open(world, definition, { ...options, undo: to });
  await recall(world, run, to);
  return readPlanned(world.state, run.run);
}

/** The list after an undo, by a dry run that changes nothing. */
export async function foreseen(world: StateWorld, definition: Definition, to: string): Promise<List> {
  const run = await plannedUndo(world, definition, to, { dryRun: true });
  const staged = await rows<{ key: string; identifier: string | null }>(
    world.state,
    `select key, identifier from ${membersTable(run.activation)} m
     where listed and not exists (select from ${run.delta} d where d.mark = m.mark and membership in ('removed', 'reidentified'))
     union all select key, identifier from ${run.delta} where membership in ('added', 'reidentified')`,
  );
  await closeRun(world.state, run, null);
  return asList(staged);
}

/** Undoes to a run, and everything arrives. */
export async function goodUndo(world: StateWorld, definition: Definition, to: string) {
  const run = await plannedUndo(world, definition, to);
  if (run.plan.push) await deliver(world, run);
  await settleRun(world.state, run);
  await closeRun(world.state, run, null);
  return run;
}

/** The members of the list that was delivered last. */
export async function listOf(world: StateWorld, { activation }: Definition): Promise<List> {
  return asList((await membersOf(world, activation.id)).filter(({ listed }) => listed));
}

export function asList(members: readonly { key: string | null; identifier?: string | null }[]): List {
  return Object.fromEntries(members.map(({ key, identifier }) => [String(key), identifier ?? null]));
}
