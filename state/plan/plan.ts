import { createHash } from 'node:crypto';
import type { Knex } from 'knex';
import { Failure } from '../../activation/failures.ts';
import { readAcknowledged, type Acknowledged } from '../acknowledged.ts';
import { assignChunks, setCanaryApart } from '../imports/chunks.ts';
import { dropRetries, writeDelta } from './diff.ts';
import { indexStage } from './duplicates.ts';
import { stageLeaving, staysSql } from './grace.ts';
import { checkFence, fenced, oneAtATime, type Fence } from '../runs/lease.ts';
import { deltaTable } from '../names.ts';
import { lastMapping, newAttributes } from './mapping-change.ts';
import { judge, withDecision } from './judge.ts';
import { heldBack, pushReason } from './push-reason.ts';
import { addCounts, readRun, type Counts, type Plan, type PushReason, type Run } from '../runs/runs.ts';
import { writeSamples } from './samples.ts';
import { rows, setTransaction, type State } from '../state.ts';

/**
 * Decides what the run will do: delta, chunks, guards, whether to push. One transaction; a plan that is there
 * already is returned as it is.
 */
export async function planRun(state: State, fence: Fence): Promise<Run & { plan: Plan }> {
  return setTransaction(state, async (trx) => {
    await checkFence(trx, fence);
    await oneAtATime(trx, fence.run);
    const run = await readRun(trx, fence.run);
    if (!run.plan) {
      const acknowledged = await readAcknowledged(trx, run);
      const same =
        run.fingerprint === acknowledged.fingerprint &&
        !acknowledged.retryDue &&
        !run.resync &&
        !run.request.rebase;
      const made = same
        ? await planUnchanged(trx, run, acknowledged)
        : await planDelta(trx, run, acknowledged);
      const found = { ...made, guards: [...run.sourceGuards, ...made.guards] };
      const plan = {
        ...heldBack(run, await withDecision(trx, run, found), acknowledged),
        ...(found.guards.length > 0 ? { pushOnceApproved: found.push } : {}),
      };
      if (run.dryRun) await writeSamples(trx, run, plan);
      await trx.raw('update runs set plan = :plan where no = :run', {
        plan: JSON.stringify(plan),
        run: run.run,
      });
    }
    return (await readRun(trx, fence.run)) as Run & { plan: Plan };
  });
}

/** The fingerprint says that nothing changed: no index, no diff; at most the list is kept alive. */
async function planUnchanged(trx: Knex, run: Run, acknowledged: Acknowledged): Promise<Plan> {
  const { members, checksum } = acknowledged.list;
  const repeated = await lastRepeated(trx, run);
  await addCounts(trx, run.run, {
    ...repeated,
    members,
    unchanged: members,
    added: 0,
    removed: 0,
    changed: 0,
  });
  return {
    hash: planHash(run, 'unchanged', checksum),
    push: pushReason(run, acknowledged, { moved: 0, checksum }),
    list: { members, checksum, from: 'members' },
    retriesAlone: false,
    unchanged: true,
    toSend: 0,
    guards: [],
  };
}

/** What repeated in the same segment when it was last compared; an unchanged one is not looked through again. */
async function lastRepeated(trx: Knex, { activation, fingerprint }: Run): Promise<Counts> {
  const [last] = await rows<{ counts: Counts }>(
    trx,
    `select jsonb_build_object('duplicates', counts->'duplicates', 'ambiguous', counts->'ambiguous') as counts from runs
     where activation = :activation and fingerprint = :fingerprint and settled_at is not null order by no desc limit 1`,
    { activation, fingerprint },
  );
  return last?.counts ?? {};
}

async function planDelta(trx: Knex.Transaction, run: Run, acknowledged: Acknowledged): Promise<Plan> {
  const repeated = await indexStage(trx, run.run, run.stage!);
  const mappedBefore = await lastMapping(trx, run);
  const delta = await writeDelta(trx, run, {
    isNew: newAttributes(run.definition, mappedBefore),
    stays: staysSql(run, acknowledged),
  });
  if (delta.leaving > 0) await stageLeaving(trx, run);
  const due = delta.fresh + delta.changed + delta.resent;
  const retriesAlone = due === 0 && delta.retry > 0 && acknowledged.mayRetryAlone;
  if (due === 0 && !retriesAlone && delta.retry > 0) await dropRetries(trx, run.run);
  const { canary } = run.definition.activation;
  if (canary !== undefined) await setCanaryApart(trx, run.run, canary);
  if (!run.request.rebase) await assignChunks(trx, run.run);

  const list = await listOf(trx, run.stage!);
  const { read = 0, rejected = 0, forgotten = 0 } = run.counts;
  const members = list.members - delta.leaving;
  const staged = read - rejected - forgotten;
  if (members + repeated.duplicates !== staged) {
    throw new Failure(
      'StageLost',
      `The stage holds ${members + repeated.duplicates} of ${staged} rows; PostgreSQL probably restarted. The segment is read again.`,
    );
  }
  const { known, touched } = await knownRows(trx, run.run);
  const retried = (due > 0 || retriesAlone ? delta.retry : 0) + known + delta.resent;
  await addCounts(trx, run.run, {
    ...repeated,
    members: list.members,
    added: delta.added,
    removed: delta.removed,
    changed: delta.changed,
    unchanged: list.members - touched,
    ...(run.definition.activation.removal ? { leaving: delta.leaving } : {}),
    retried: run.request.rebase ? 0 : retried,
  });
  const moved = delta.added + delta.removed + delta.reidentified;
  return {
    hash: planHash(run, delta.digest, list.checksum),
    push: pushReason(run, acknowledged, { moved, checksum: list.checksum }),
    list: { ...list, from: 'stage' },
    retriesAlone,
    unchanged: false,
    toSend: await countToSend(trx, run.run),
    guards: await judge(trx, run, acknowledged, { delta, members, mappedBefore }),
  };
}

/** Makes a planned run push its list although nothing changed: Actito's list turned out to be a new one. */
export async function requirePush(state: State, fence: Fence): Promise<void> {
  const reason: PushReason = 'first delivery';
  await fenced(state, fence, (trx) =>
    trx.raw(`update runs set plan = plan || :push where no = :run and plan->'push' = 'null'`, {
      run: fence.run,
      push: JSON.stringify({ push: reason }),
    }),
  );
}

/** The full membership: its size, and an order-independent checksum of its identifiers. */
export async function listOf(db: Knex, stage: string): Promise<{ members: number; checksum: string }> {
  const [list] = await rows<{ members: string; checksum: string }>(
    db,
    `select count(*) as members, coalesce(sum(hashtextextended(coalesce(identifier, key), 0)), 0) as checksum
     from ${stage}`,
  );
  return { members: Number(list!.members), checksum: list!.checksum };
}

/** Members of the list with something to tell in the delta, and those of them sent again because an earlier send is in doubt. */
async function knownRows(trx: Knex, run: string): Promise<{ known: number; touched: number }> {
  const [counted] = await rows<{ known: string; touched: string }>(
    trx,
    `select count(*) filter (where attributes = 'fresh' and known) as known,
            count(*) filter (where attributes <> 'confirmed' or membership in ('added', 'reidentified', 'leaving')) as touched
     from ${deltaTable(run)}`,
  );
  return { known: Number(counted!.known), touched: Number(counted!.touched) };
}

async function countToSend(trx: Knex, run: string): Promise<number> {
  const [sent] = await rows<{ members: string }>(
    trx,
    `select coalesce(sum(members), 0) as members from chunks where run = ? and pattern like '%0%'`,
    [run],
  );
  return Number(sent!.members);
}

/** Names exactly this plan: the same segment against the same state, mapping and destination gives the same hash. */
function planHash(run: Run, digest: string, checksum: string): string {
  const { activation, destination } = run.definition;
  const { id, matchingKey, attributes, list } = activation;
  const { undo } = run.request; // its plan is another one than the segment's, whatever both would do
  const what = [id, matchingKey, attributes, list, destination];
  return createHash('sha256')
    .update(
      JSON.stringify([
        ...[...what, run.resync, digest, checksum, ...(undo === undefined ? [] : [undo])],
        ...(run.request.rebase ? ['rebase'] : []),
      ]),
    )
    .digest('hex')
    .slice(0, 12);
}
