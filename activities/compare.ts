import { setImmediate } from 'node:timers/promises';
import { slotsFor } from '../activation/comparison/budget.ts';
import { Comparison } from '../activation/comparison/comparison.ts';
import { seedsOf } from '../activation/comparison/marks.ts';
import { columnsToRead } from '../activation/definition/definition.ts';
import { Failure } from '../contract/failure.ts';
import { tell } from '../contract/messages/tell.ts';
import type { ReadCounts } from '../contract/steps.ts';
import { readAcknowledged } from '../state/acknowledged.ts';
import { loadMarks } from '../state/delta/marks.ts';
import { publish, type Found } from '../state/delta/publish.ts';
import { openSpill } from '../state/delta/spill.ts';
import { beginAttempt, DeltaWriter } from '../state/delta/writer.ts';
import { ForgottenKeys } from '../state/forgotten/forgotten-keys.ts';
import { renewKeys } from '../state/members/renew.ts';
import { deltaTable } from '../state/names.ts';
import { MAX_STORED_REJECTS, storeRejects, type Reject } from '../state/rejects/rejects.ts';
import { DirectoryAnswers } from '../state/profiles/lookup.ts';
import { readRun, type Run } from '../state/runs/runs.ts';
import { recallList } from '../state/undo.ts';
import { openWarehouse } from '../warehouse/open.ts';
import type { SegmentRead } from '../warehouse/source.ts';
import type { Dependencies } from './dependencies.ts';
import { cancellation, progress, untilCancelled } from './progress.ts';
import { checkColumns } from './sendable-columns.ts';
import type { RunRef } from '../contract/steps.ts';
import { askSource } from '../warehouse/guards.ts';

/**
 * Reads the segment once and compares each row with the state that Actito confirmed. Then publishes the differences
 * together with the plan for them. An undo uses an earlier list instead of the segment. If a delta is already
 * published, nothing is read again.
 * @throws Failure SourceUnavailable, SegmentQueryFailed, MappingInvalid, StateDamaged, WorkerDiskFull, RunSuperseded
 */
export async function compare(deps: Dependencies, ref: RunRef): Promise<ReadCounts> {
  const { state } = deps;
  const run = await readRun(state, ref.run);
  if (run.plan) return readCounts(run);
  const attempt = await beginAttempt(state, ref, run.definition.activation.attributes.length);
  const delta = deltaTable(ref.run, attempt);
  const { undo: to } = run.task;
  const found =
    to === null
      ? await askWarehouse(deps, run, () => compareSegment(deps, ref, run, delta))
      : await undo(deps, ref, run, delta, to);
  return readCounts(await untilCancelled(publish(state, ref, attempt, found)));
}

function readCounts({ counts: { read = 0, rejected = 0, forgotten } }: Run): ReadCounts {
  return { read, rejected, ...(forgotten === undefined ? {} : { forgotten }) };
}

async function compareSegment(deps: Dependencies, ref: RunRef, run: Run, delta: string): Promise<Found> {
  const { state, env, slots, projectFolder } = deps;
  const signal = cancellation();
  const report = progress();
  const { activation, source } = run.definition;
  // First, so that no transaction is open in the warehouse while the comparison waits for memory.
  const share = await slots.open(slotsFor((await readAcknowledged(state, run)).list.members), signal);
  const reader = { activation: activation.id, run: ref.run };
  const opened = askWarehouse(deps, run, () => openWarehouse(source, env, reader, projectFolder));
  const warehouse = await opened.catch((error: unknown) => {
    share.close();
    throw error;
  });
  let comparison: Comparison | undefined;
  try {
    const { guards, passed } = await askSource(warehouse, activation.guards, signal);
    const read = await warehouse.read({
      segment: activation.segment,
      columns: columnsToRead(activation),
      signal,
    });
    checkColumns(activation, read.columns);
    if (ref.fence !== null) await untilCancelled(renewKeys(state, ref, run, read.columns));
    const columns = read.columns.slice(read.columns.length - activation.attributes.length);
    const batches = begun(read.batches);
    const rejects = new Rejects((found) => storeRejects(state, ref, found));
    const forgotten = await ForgottenKeys.read(state);
    const { marked, sink } = await loadMarks(
      state,
      run,
      ({ seed, wide, grace, sameDirectory }) => {
        comparison = new Comparison({
          definition: run.definition,
          seeds: seedsOf(run.definition, columns, seed),
          sourceColumns: read.columns,
          resync: run.task.resends,
          grace,
          wide,
          sameDirectory,
          forgotten,
          share,
          openSpill,
          onReject: (key, reason, reference) => rejects.add({ key, reason, reference }),
        });
        return comparison;
      },
      report,
    );
    const base = { members: sink.listed, checksum: sink.listedSum.toString() };
    const writer = new DeltaWriter(state, delta, forgotten);
    const { directory } = marked;
    const profiles = new DirectoryAnswers(state, sink, writer, directory);
    await fillDelta(writer, sink, profiles, batches, rejects, report);
    requireAllRows(sink, read);
    const { duplicates, ambiguous, waiting, forgotten: known } = sink.found;
    const leftOut = known + writer.forgotten;
    const counts = {
      read: sink.read,
      rejected: sink.rejected,
      forgotten: leftOut,
      duplicates,
      ambiguous,
      ...(directory ? { waiting } : {}),
    };
    const notes = read.restrictedRows ? [tell('rowSecurityApplies', { source: activation.source })] : [];
    const { reasons } = rejects;
    return { version: marked.version, base, columns, counts, reasons, guards, passed, notes, directory };
  } finally {
    comparison?.close();
    share.close();
    await warehouse.close();
  }
}

/** Calls the warehouse, and records whether it answered. */
function askWarehouse<T>({ peers }: Dependencies, { definition }: Run, ask: () => Promise<T>): Promise<T> {
  return peers.ask(`source ${definition.activation.source}`, 'SourceUnavailable', ask);
}

/** Requests the first item immediately, so that the warehouse works while the marks are loaded. */
function begun<T>(items: AsyncIterable<T>): AsyncIterable<T> {
  const iterator = items[Symbol.asyncIterator]();
  const first = iterator.next();
  first.catch(() => undefined); // The consumer gets this error.
  return {
    async *[Symbol.asyncIterator]() {
      try {
        for (let item = await first; !item.done; item = await iterator.next()) yield item.value;
      } finally {
        await iterator.return?.();
      }
    },
  };
}

async function fillDelta(
  writer: DeltaWriter,
  comparison: Comparison,
  profiles: DirectoryAnswers,
  batches: AsyncIterable<Buffer>,
  rejects: Rejects,
  report: (rows: number) => void,
): Promise<void> {
  const signal = cancellation();
  for await (const batch of batches) {
    await writer.write(comparison.compare(batch));
    await profiles.answerMany();
    await rejects.store();
    report(comparison.read);
  }
  for (const lines of comparison.finish()) {
    signal.throwIfAborted();
    await writer.write(lines);
    await profiles.answerAll();
    report(comparison.read);
    await setImmediate(); // lets heartbeats and other activities run
  }
  await writer.end();
}

/** If reading ended early, the missing rows must not count as removed members. */
function requireAllRows({ read }: Comparison, source: SegmentRead): void {
  if (source.rows() === read) return;
  throw new Failure('rowsMissing', { counted: source.rows(), read });
}

/** Makes the delta of an undo from the state, without the warehouse. Its guards do not need the warehouse either. */
async function undo(
  { state }: Dependencies,
  ref: RunRef,
  run: Run,
  delta: string,
  to: string,
): Promise<Found> {
  if (ref.fence !== null) await untilCancelled(renewKeys(state, ref, run));
  return untilCancelled(recallList(state, run, delta, to));
}

/** Rows without a usable key. All are counted by reason, and some are stored, in batches. */
class Rejects {
  readonly reasons: Record<string, number> = {};
  #stored = 0;
  #waiting: Reject[] = [];
  readonly #store: (rejects: Reject[]) => Promise<void>;

  constructor(store: (rejects: Reject[]) => Promise<void>) {
    this.#store = store;
  }

  add(reject: Reject): void {
    const { reason } = reject;
    this.reasons[reason] = (this.reasons[reason] ?? 0) + 1;
    if (this.#stored++ < MAX_STORED_REJECTS) this.#waiting.push(reject);
  }

  async store(): Promise<void> {
    if (this.#waiting.length > 0) await this.#store(this.#waiting.splice(0));
  }
}
