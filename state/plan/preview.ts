import type { Sends } from '../../contract/plan.ts';
import { listSql } from '../lists/list-content.ts';
import type { PlannedRun } from '../runs/runs.ts';
import { rows, type State } from '../state.ts';

/**
 * What a planned run would send. Reads its delta, which is there until it closes.
 * @param listIsMissing Actito has no such list, so that a new one has to be filled
 */
export async function readSends(state: State, run: PlannedRun, listIsMissing: boolean): Promise<Sends> {
  const { plan } = run;
  const push = plan.push ?? (listIsMissing ? 'first delivery' : null);
  const [list] = push
    ? await rows<{ bytes: string }>(
        state,
        `select coalesce(sum(octet_length(identifier) + 1), 0) as bytes from (${listSql(run, 'plan')}) as list (identifier)`,
      )
    : [];
  const [files] = await rows<{ imports: string; canary: string; bytes: string }>(
    state,
    `select (select count(*) from chunks where run = :run and pattern like '%0%') as imports,
            (select coalesce(sum(members), 0) from chunks where run = :run and pattern like 'c%0%') as canary,
            coalesce(sum(bytes) filter (where pattern like '%0%'), 0) as bytes
     from ${run.delta}`,
    { run: run.run },
  );
  const canary = Number(files?.canary ?? 0);
  return {
    members: plan.toSend,
    imports: Number(files?.imports ?? 0),
    importBytes: Number(files?.bytes ?? 0),
    ...(canary > 0 ? { canary } : {}),
    push,
    listMembers: push ? plan.list.members : 0,
    listBytes: Number(list?.bytes ?? 0),
  };
}
