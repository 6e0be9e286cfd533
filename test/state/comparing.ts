import { SlotBudget } from '../../activation/comparison/budget.ts';
import { Comparison } from '../../activation/comparison/comparison.ts';
import { hasher, identifierMark, keyMark, seedsOf } from '../../activation/comparison/marks.ts';
import { hasIdentifierColumn, type Definition } from '../../activation/definition/definition.ts';
import { loadMarks } from '../../state/delta/marks.ts';
import { publish, type Found } from '../../state/delta/publish.ts';
import { openSpill } from '../../state/delta/spill.ts';
import { beginAttempt, DeltaWriter } from '../../state/delta/writer.ts';
import { ForgottenKeys } from '../../state/forgotten/forgotten-keys.ts';
import { deltaTable } from '../../state/names.ts';
import type { Fence } from '../../state/runs/lease.ts';
import { DirectoryAnswers } from '../../state/profiles/lookup.ts';
import { readRun, type Run } from '../../state/runs/runs.ts';
import type { SegmentRow, StateWorld } from './support.ts';

/** A very small budget, so that partitions go to disk, and short indexes, so that slots collide. */
export interface CompareOptions {
  slots?: number;
  indexBits?: number;
  /** Rows of one batch. */
  batch?: number;
  /** Called before each batch, and before the end. */
  beforeBatch?: (batch: number) => Promise<unknown>;
}

/** Compares a segment with the members and publishes the differences, like the activity. */
export async function extract(
  world: StateWorld,
  fence: Fence,
  segment: SegmentRow[],
  options: CompareOptions = {},
): Promise<Run> {
  const attempt = await compareInto(world, fence, segment, options);
  return publish(world.state, fence, attempt.attempt, attempt.found);
}

/** The same without a publication, as a separate attempt. */
export async function compareInto(
  { state }: StateWorld,
  fence: Fence,
  segment: SegmentRow[],
  {
    slots = 512,
    indexBits,
    batch = segment.length + 1,
    beforeBatch = async () => undefined,
  }: CompareOptions = {},
): Promise<{ attempt: number; found: Found }> {
  const run = await readRun(state, fence.run);
  const { definition } = run;
  const { attributes } = definition.activation;
  const attempt = await beginAttempt(state, fence, attributes.length);
  const columns = attributes.map(({ column }) => ({
    name: column,
    kind: 'text' as const,
    databaseType: 'text',
  }));
  const reasons: Record<string, number> = {};
  const forgottenKeys = await ForgottenKeys.read(state);
  const share = await new SlotBudget(slots).open(slots);
  const { marked, sink } = await loadMarks(
    state,
    run,
    ({ seed, wide, grace, sameDirectory }) =>
      new Comparison({
        definition,
        seeds: seedsOf(definition, columns, seed),
        resync: run.task.resends,
        grace,
        wide,
        sameDirectory,
        forgotten: forgottenKeys,
        share,
        openSpill,
        indexBits,
        partitions: 8,
        onReject: (_key, reason) => void (reasons[reason] = (reasons[reason] ?? 0) + 1),
      }),
    () => undefined,
  );
  const base = { members: sink.listed, checksum: sink.listedSum.toString() };
  const writer = new DeltaWriter(state, deltaTable(fence.run, attempt), forgottenKeys);
  const { directory } = marked;
  const profiles = new DirectoryAnswers(state, sink, writer, directory);
  for (let at = 0; at < segment.length; at += batch) {
    await beforeBatch(at / batch);
    await writer.write(sink.compare(copyLines(segment.slice(at, at + batch), definition)));
    if (at % 2 === 0) await profiles.answerAll();
  }
  await beforeBatch(Math.ceil(segment.length / batch));
  for (const lines of sink.finish()) {
    await writer.write(lines);
    await profiles.answerAll();
  }
  await writer.end();
  sink.close();
  const { read, rejected } = sink;
  const { duplicates, ambiguous, waiting } = sink.found;
  const forgotten = sink.found.forgotten + writer.forgotten;
  const counts = {
    read,
    rejected,
    forgotten,
    duplicates,
    ambiguous,
    ...(directory ? { waiting } : {}),
  };
  return {
    attempt,
    found: { version: marked.version, base, columns, counts, reasons, guards: [], notes: [], directory },
  };
}

/** A segment as lines of PostgreSQL's COPY text format. */
export function copyLines(segment: SegmentRow[], definition: Definition): Buffer {
  const own = hasIdentifierColumn(definition.activation);
  const line = ({ key, identifier = null, values }: SegmentRow) =>
    [key, ...(own ? [identifier] : []), ...values].map(copyField).join('\t') + '\n';
  return Buffer.from(segment.map(line).join(''));
}

const ESCAPED: Record<string, string> = { '\\': '\\\\', '\t': '\\t', '\n': '\\n', '\r': '\\r' };

export function copyField(value: string | null): string {
  return value === null ? '\\N' : value.replace(/[\\\t\n\r]/g, (char) => ESCAPED[char]!);
}

/** The columns of a member that record these values as known, as a run of `definition` would write them. */
export function marksOf(
  definition: Definition,
  seed: string,
  { key, identifier, values }: { key: string; identifier?: string | null; values: (string | null)[] },
): { mark: string; identifierMark: string; attributeMark: string; hashes: string } {
  const columns = values.map(() => ({ name: 'c', kind: 'text' as const, databaseType: 'text' }));
  const seeds = seedsOf(definition, columns, seed);
  const texts = values.map(copyField);
  const hash = (text: string, its: bigint) => hasher.h64Raw(Buffer.from(text), its);
  return {
    mark: keyMark(key, seeds.key),
    identifierMark: identifierMark(identifier ?? key, seeds.key),
    attributeMark: BigInt.asIntN(64, hash(texts.join('\t'), seeds.attributes)).toString(),
    hashes: texts
      .map((text, index) => {
        const bytes = Buffer.alloc(8);
        bytes.writeBigUInt64LE(hash(text, seeds.each[index]!));
        return bytes.toString('hex');
      })
      .join(''),
  };
}
