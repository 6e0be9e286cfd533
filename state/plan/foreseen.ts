import { deltaTable, membersTable } from '../names.ts';
import type { Plan, PushReason, Run } from '../runs/runs.ts';
import { rows, type State } from '../state.ts';

/** What a run of a plan would send, but for what its guards hold. */
export interface Sends {
  /** Members whose attributes go, in how many imports, and how large their files are at most. */
  members: number;
  imports: number;
  importBytes: number;
  /** Why the list would be pushed; null: it would not be. */
  push: PushReason | null;
  /** Members on the list, and roughly how large its file is; 0 unless it would be pushed. */
  listMembers: number;
  listBytes: number;
}

/**
 * What a planned run would send. Reads its stage and delta: they are there until it closes.
 * @param listIsMissing Actito has no such list, so that a new one has to be filled
 */
export async function readSends(
  state: State,
  run: Run & { plan: Plan },
  listIsMissing: boolean,
): Promise<Sends> {
  const { plan } = run;
  const planned = plan.guards.length > 0 ? plan.pushOnceApproved : plan.push;
  const push = planned ?? (listIsMissing ? 'first delivery' : null);
  const source = plan.unchanged ? `${membersTable(run.activation)} where listed` : run.stage!;
  const [list] = push
    ? await rows<{ members: string; bytes: string }>(
        state,
        `select count(*) as members, coalesce(sum(octet_length(coalesce(identifier, key)) + 1), 0) as bytes
         from ${source}`,
      )
    : [];
  const [files] = plan.unchanged
    ? []
    : await rows<{ imports: string; bytes: string }>(
        state,
        `select (select count(*) from chunks where run = ? and pattern like '%0%') as imports,
                coalesce(sum(bytes) filter (where pattern like '%0%'), 0) as bytes
         from ${deltaTable(run.run)}`,
        [run.run],
      );
  return {
    ...{ members: plan.toSend, imports: Number(files?.imports ?? 0), importBytes: Number(files?.bytes ?? 0) },
    ...{ push, listMembers: Number(list?.members ?? 0), listBytes: Number(list?.bytes ?? 0) },
  };
}
