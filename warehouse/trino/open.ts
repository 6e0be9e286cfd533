import { Failure } from '../../contract/failure.ts';
import { pickColumns } from '../columns.ts';
import { TIMEOUTS } from '../http/connection.ts';
import { httpTarget } from '../http/target.ts';
import type {
  Answer,
  Guarantees,
  Question,
  Reader,
  SegmentRead,
  SegmentRequest,
  Warehouse,
} from '../source.ts';
import type { Statement } from '../sql/statements.ts';
import { valueText } from '../sql/values.ts';
import { Coordinator, type Page } from './coordinator.ts';
import { failuresOf } from './failures.ts';
import { describeColumn, type TrinoColumn } from './kinds.ts';
import { PageText } from './page-text.ts';
import { CLOCK, describeStatement, lookStatement, readStatement } from './statements.ts';

const GUARANTEES: Guarantees = { snapshot: 'statement', readOnly: 'wrapped', tried: true };
const EXAMPLE = 'https://user:password@host:8443/catalog/schema';
/** Trino gives up a query after five minutes in which its client asks for nothing. */
const HEARTBEAT = 60_000;

/**
 * Trino as a warehouse, by its client protocol. Nothing is sent before the first statement.
 * @throws Failure ConfigurationInvalid (invalid URL)
 */
export function openTrino(
  source: { url: string; variable: string; statementTimeout: number; reader: Reader },
  timeouts = { ...TIMEOUTS, heartbeat: HEARTBEAT },
): Warehouse {
  const failures = failuresOf(source);
  const target = httpTarget(source.url, source.variable, EXAMPLE);
  if (target.user === undefined && target.token === undefined)
    throw new Failure('sourceSettingUnusable', {
      connection: source.variable,
      setting: 'The URL',
      expected: `${EXAMPLE}, with a user`,
    });
  const coordinator = new Coordinator(target, { ...source, timeouts });
  let closing: Promise<void> | undefined;

  function close(): Promise<void> {
    closing ??= coordinator.close();
    return closing;
  }

  /** Ends everything on cancellation, as in postgres/open.ts. */
  function watch(signal: AbortSignal) {
    signal.throwIfAborted();
    const cancel = () => void close();
    signal.addEventListener('abort', cancel, { once: true });
    const translator = (statement?: Statement) => {
      const started = performance.now();
      return (error: unknown): never => {
        const during = { statement, elapsed: performance.now() - started };
        throw signal.aborted ? signal.reason : failures(error, during);
      };
    };
    return { translator, stop: () => signal.removeEventListener('abort', cancel) };
  }

  /** Runs a statement of at most one row. */
  async function short({ text }: Statement): Promise<Pick<Page, 'columns' | 'data'>> {
    const whole: Pick<Page, 'columns' | 'data'> = {};
    for await (const { columns, data } of coordinator.pages(text)) {
      whole.columns ??= columns;
      whole.data ??= data;
    }
    if (!whole.columns) throw new Failure('segmentIncomplete', {});
    return whole;
  }

  async function describe(statement: Statement): Promise<TrinoColumn[]> {
    const { columns } = await short(statement);
    return columns!.map(({ name, type }, position) => describeColumn(name, type, position));
  }

  async function look({ query, setting, signal }: Question): Promise<Answer> {
    const { translator, stop } = watch(signal);
    try {
      const described = describeStatement({ query }, setting);
      const columns = await describe(described).catch(translator(described));
      const statement = lookStatement(query, setting, columns);
      const { data } = await short(statement).catch(translator(statement));
      signal.throwIfAborted();
      const { kind } = columns[0]!;
      const [row] = data ?? [];
      return { found: row !== undefined, kind, value: row?.[0] == null ? null : valueText(row[0], kind) };
    } finally {
      stop();
    }
  }

  async function clock(signal: AbortSignal): Promise<number> {
    const { translator, stop } = watch(signal);
    try {
      const { data } = await short(CLOCK).catch(translator(CLOCK));
      return Number(data![0]![0]);
    } finally {
      stop();
    }
  }

  async function read({ segment, columns: requested, signal }: SegmentRequest): Promise<SegmentRead> {
    const { translator, stop } = watch(signal);
    const statement = describeStatement(segment);
    const all = await describe(statement).catch(translator(statement));
    const columns = pickColumns(requested, all);
    let rows: number | undefined;

    async function* batches(): AsyncGenerator<Buffer, void, undefined> {
      const reading = readStatement(segment, columns, all.length);
      const translate = translator(reading);
      try {
        signal.throwIfAborted();
        const text = new PageText(columns.map(({ kind }) => kind));
        let id = '';
        for await (const page of coordinator.pages(reading.text)) {
          id = page.id;
          yield* text.lines(page.data ?? [], page.isPlain);
        }
        const counted = await coordinator.rowsOf(id);
        signal.throwIfAborted(); // a canceled query can end like a complete one
        const rest = text.take();
        if (rest.length > 0) yield rest;
        rows = counted ?? text.rows;
      } catch (error) {
        translate(error);
      } finally {
        stop();
        await coordinator.cancel(); // failed, or the consumer needs no more
      }
    }

    return {
      columns: columns.map(({ name, kind, databaseType }) => ({ name, kind, databaseType })),
      restrictedRows: false,
      batches: batches(),
      rows() {
        if (rows === undefined) throw new Failure('rowsNotCounted', {});
        return rows;
      },
    };
  }

  return { guarantees: GUARANTEES, look, clock, read, close };
}
