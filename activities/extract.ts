import { Readable } from 'node:stream';
import { columnsToRead, hasOwnIdentifier } from '../activation/definition/definition.ts';
import type { Activation } from '../activation/definition/definition.ts';
import { Failure } from '../activation/failures.ts';
import { LineEncoder } from '../activation/lines/encoder.ts';
import { attributeSeeds } from '../activation/lines/seeds.ts';
import type { Column } from '../activation/values/kinds.ts';
import { readAcknowledged } from '../state/acknowledged.ts';
import { MAX_STORED_REJECTS, storeRejects, type Reject } from '../state/rejects/rejects.ts';
import { readRun, type Run } from '../state/runs/runs.ts';
import { beginExtraction, countsOf, fillStage, finishExtraction } from '../state/stage.ts';
import type { SegmentRead } from '../warehouse/source.ts';
import { openWarehouse } from '../warehouse/open.ts';
import type { Dependencies } from './dependencies.ts';
import { cancellation, progress } from './progress.ts';
import { recallList } from './recall-list.ts';
import type { RunRef } from './run-ref.ts';
import { askSource } from './source-guards.ts';

/**
 * Reads the segment once, from the warehouse straight into a stage of its own; a retry starts with a clean one.
 * An undo recalls a former list instead.
 */
export async function extract(
  deps: Dependencies,
  ref: RunRef,
): Promise<{ read: number; rejected: number; forgotten?: number }> {
  const { state, env } = deps;
  const signal = cancellation();
  const extraction = await beginExtraction(state, ref);
  const run = await readRun(state, ref.run);
  const { undo: to } = run.request;
  if (to !== undefined) return recallList(deps, ref, { run, extraction, to });
  const { activation, source } = run.definition;
  const warehouse = await openWarehouse(source, env);
  try {
    const guards = await askSource(warehouse, activation.guards, signal);
    const read = await warehouse.read({
      segment: activation.segment,
      columns: columnsToRead(activation),
      signal,
    });
    checkColumns(activation, read.columns);
    const { seed } = await readAcknowledged(state, run);
    const lines = new StageLines(run, seed, (rejects) => storeRejects(state, ref, rejects));
    const content = Readable.from(lines.from(read), { objectMode: false });
    const { staged, forgotten } = await fillStage(
      ...([state, ref.run, extraction, activation.attributes.length, content, signal] as const),
    );
    const { read: rowsRead, rejected } = lines.encoder;
    if (read.rows() !== rowsRead || staged + forgotten + rejected !== rowsRead) {
      throw new Failure(
        'SourceUnavailable',
        `The warehouse counted ${read.rows()} rows, ${rowsRead} arrived, ${staged + forgotten} were staged and ${rejected} rejected.`,
      );
    }
    const counts = { read: rowsRead, rejected, forgotten };
    const columns = read.columns.slice(read.columns.length - activation.attributes.length);
    const { encoder, reasons } = lines;
    await finishExtraction(state, ref, extraction, {
      columns,
      fingerprint: encoder.fingerprint(),
      reasons,
      guards,
      ...counts,
    });
    return countsOf(counts);
  } finally {
    await warehouse.close();
  }
}

/** The lines of the stage, made batch by batch from those of the source; rejects are stored on the way. */
class StageLines {
  readonly encoder: LineEncoder;
  readonly reasons: Record<string, number> = {};
  readonly #rejects: Reject[] = [];
  readonly #store: (rejects: Reject[]) => Promise<void>;
  readonly #progress = progress();

  constructor({ definition }: Run, seed: string, store: (rejects: Reject[]) => Promise<void>) {
    this.#store = store;
    this.encoder = new LineEncoder({
      matchingKey: definition.activation.matchingKey,
      ownIdentifier: hasOwnIdentifier(definition.activation),
      seeds: attributeSeeds(definition, seed),
      onReject: (key, reason) => {
        this.reasons[reason] = (this.reasons[reason] ?? 0) + 1;
        if (this.encoder.rejected < MAX_STORED_REJECTS) this.#rejects.push({ key, reason });
      },
    });
  }

  async *from(read: SegmentRead): AsyncGenerator<Buffer> {
    for await (const batch of read.batches) {
      const lines = this.encoder.encode(batch);
      if (this.#rejects.length > 0) await this.#store(this.#rejects.splice(0));
      this.#progress(this.encoder.read);
      if (lines.length > 0) yield lines;
    }
  }
}

/** Fails for columns that can never be sent, before anything is read: json, arrays, and floating-point keys. */
function checkColumns(activation: Activation, columns: Column[]): void {
  const values = columns.slice(columns.length - activation.attributes.length);
  const keys = columns.slice(0, columns.length - activation.attributes.length);
  const unusable = [
    ...values.filter(({ kind }) => kind === 'unsupported'),
    ...keys.filter(({ kind }) => !['text', 'integer', 'decimal'].includes(kind)),
  ];
  if (unusable.length === 0) return;
  const list = unusable.map(({ name, databaseType }) => `${name} (${databaseType})`).join(', ');
  throw new Failure(
    'MappingInvalid',
    `Activation ${activation.id} maps columns of a type that Actito cannot hold: ${list}. Cast them in the segment's ` +
      'query, for example to text.',
  );
}
