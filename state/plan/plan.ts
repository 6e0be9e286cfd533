import { createHash } from 'node:crypto';
import type { Knex } from 'knex';
import type { AttributeMapping } from '../../activation/definition/activation.ts';
import { readAcknowledged } from '../acknowledged.ts';
import { sendsWholeRows } from '../../activation/definition/definition.ts';
import { withholdRefused } from '../imports/again.ts';
import { assignChunks, setCanaryApart } from '../imports/chunks.ts';
import { asideTable, resultTable } from '../names.ts';
import { fenced, type Fence } from '../runs/lease.ts';
import { addCounts, type Plan, type Run } from '../runs/runs.ts';
import type { Told } from '../../contract/messages/message.ts';
import type { PassedChecks, PushReason } from '../../contract/plan.ts';
import { rows } from '../state.ts';
import { countDelta } from './counts.ts';
import { judge, withDecision } from './judge.ts';
import { hasSameFormats, isSameMapping } from './mapping-change.ts';
import { pushReason } from './push-reason.ts';
import { restlessAttributes } from './restless.ts';
import { writeSamples } from './samples.ts';

/**
 * Decides what a run will do, from its delta: chunks, guards, whether to deliver the list. Runs in the transaction that
 * publishes the delta, so a plan is about the state that the delta was compared with.
 * @param mappedBefore the attribute mapping of the last settled run
 * @param found what was found besides the rows: checks that passed, and notes about how the segment was read
 */
export async function planWithin(
  trx: Knex.Transaction,
  run: Run,
  mappedBefore: AttributeMapping[] | null,
  { passed, notes }: { passed?: PassedChecks; notes: readonly Told[] },
): Promise<Run & { plan: Plan }> {
  const acknowledged = await readAcknowledged(trx, run);
  const delta = await countDelta(trx, run);
  const { added, removed, reidentified, leaving, fresh, changed, retry, resent, known, touched, list } =
    delta;
  await createSideTables(trx, run.run);
  const { canary, removal } = run.definition.activation;
  // Everything is sent again, because Actito may now accept what it rejected.
  if (!run.task.resends && !sendsWholeRows(run.definition)) await withholdRefused(trx, run);
  if (canary !== undefined) await setCanaryApart(trx, run, canary);
  if (run.task.sends) await assignChunks(trx, run);
  const counts = {
    members: list.members,
    added,
    removed,
    changed,
    unchanged: list.members - touched,
    ...(removal ? { leaving } : {}),
    retried: run.task.sends ? retry + known + resent : 0,
  };
  await addCounts(trx, run.run, counts);
  // If the mapping or the format of values changed, different values say nothing about people.
  const isNews = isSameMapping(run, mappedBefore) && (await hasSameFormats(trx, run));
  const news = isNews ? changed : 0;
  const made: Plan = {
    hash: planHash(run, delta.digest, list.checksum),
    push: pushReason(run, acknowledged, { moved: added + removed + reidentified, checksum: list.checksum }),
    list,
    retriesAlone: retry > 0 && fresh + changed + resent === 0,
    toSend: await countToSend(trx, run.run),
    guards: [
      ...run.sourceGuards,
      ...(await judge(trx, run, acknowledged, { delta, members: list.members - leaving, changed: news })),
    ],
    ...(passed && { passed }),
    notes: [...notes, ...(await restlessAttributes(trx, run, news))],
  };
  const plan = await withDecision(trx, run, made);
  if (run.task.preview) await writeSamples(trx, run);
  await savePlan(trx, run.run, plan);
  return { ...run, counts: { ...run.counts, ...counts }, plan };
}

export async function savePlan(trx: Knex, run: string, plan: Plan): Promise<void> {
  await trx.raw('update runs set plan = :plan where no = :run', { plan: JSON.stringify(plan), run });
}

/**
 * Creates the tables for what happens to rows after the delta was published. `refused`: one bit per attribute; 1:
 * Actito rejected its value.
 */
async function createSideTables(trx: Knex, run: string): Promise<void> {
  await trx.raw(`
    create table ${asideTable(run)} (mark uuid primary key, pattern text collate "C" not null, refused varbit);
    create table ${resultTable(run)} (mark uuid primary key, chunk integer not null, outcome text not null,
                                      reason text not null, said text, named jsonb)`);
}

/** Makes a planned run deliver its list although nothing changed, because Actito's list is a new one. */
export async function requirePush(state: Knex, fence: Fence): Promise<void> {
  const reason: PushReason = 'first delivery';
  await fenced(state, fence, (trx) =>
    trx.raw(`update runs set plan = plan || :push where no = :run and plan->'push' = 'null'`, {
      run: fence.run,
      push: JSON.stringify({ push: reason }),
    }),
  );
}

async function countToSend(trx: Knex, run: string): Promise<number> {
  const [sent] = await rows<{ members: string }>(
    trx,
    `select coalesce(sum(members), 0) as members from chunks where run = ? and pattern like '%0%'`,
    [run],
  );
  return Number(sent!.members);
}

/** Computes the hash of a plan. The same segment, state, mapping and destination give the same hash. */
export function planHash(run: Run, digest: string, checksum: string): string {
  const { activation, destination } = run.definition;
  const { id, matchingKey, attributes, list } = activation;
  const { undo, resends, sends } = run.task; // their plans differ from those of a sync, whatever they would do
  return createHash('sha256')
    .update(
      JSON.stringify([
        id,
        matchingKey,
        attributes,
        list,
        destination,
        resends,
        digest,
        checksum,
        undo,
        !sends,
      ]),
    )
    .digest('hex')
    .slice(0, 12);
}
