import { pickColumns } from '../columns.ts';
import { TIMEOUTS } from '../http/connection.ts';
import { segmentRead, watch } from '../reading.ts';
import { JsonLines } from '../rest/json-lines.ts';
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
import { Coordinator } from './coordinator.ts';
import { failuresOf } from './failures.ts';
import { conversionOf, describeColumn, type TrinoColumn } from './kinds.ts';
import { CLOCK, describeStatement, lookStatement, readStatement } from './statements.ts';
import { trinoTarget } from './url.ts';

const GUARANTEES: Guarantees = {
  snapshot: 'statement',
  readOnly: 'wrapped',
  errorPosition: 'all',
  tried: true,
};
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
  const target = trinoTarget(source.url, source.variable);
  const coordinator = new Coordinator(target, { ...source, timeouts });
  let closing: Promise<void> | undefined;

  function close(): Promise<void> {
    closing ??= coordinator.close();
    return closing;
  }

  const watched = (signal: AbortSignal) => watch(signal, close, failures);

  async function describe(statement: Statement): Promise<TrinoColumn[]> {
    const { columns } = await coordinator.table(statement.text);
    return columns.map(({ name, type }, position) => describeColumn(name, type, position));
  }

  async function look({ query, setting, signal }: Question): Promise<Answer> {
    const { translator, stop } = watched(signal);
    try {
      const described = describeStatement({ query, setting });
      const columns = await describe(described).catch(translator(described));
      const statement = lookStatement(query, setting, columns);
      const { data } = await coordinator.table(statement.text).catch(translator(statement));
      signal.throwIfAborted();
      const { kind } = columns[0]!;
      const [row] = data;
      return { found: row !== undefined, kind, value: row?.[0] == null ? null : valueText(row[0], kind) };
    } finally {
      stop();
    }
  }

  async function clock(signal: AbortSignal): Promise<number> {
    const { translator, stop } = watched(signal);
    try {
      const { data } = await coordinator.table(CLOCK.text).catch(translator(CLOCK));
      return Number(data[0]![0]);
    } finally {
      stop();
    }
  }

  async function read({ segment, columns: requested, signal }: SegmentRequest): Promise<SegmentRead> {
    const { translator, stop } = watched(signal);
    const statement = describeStatement(segment);
    const all = await describe(statement).catch(translator(statement));
    const columns = pickColumns(requested, all);
    async function* batches(): AsyncGenerator<Buffer, number, undefined> {
      const reading = readStatement(segment, columns, all.length);
      const translate = translator(reading);
      try {
        signal.throwIfAborted();
        const encoder = new JsonLines(columns.map(conversionOf), () => coordinator.unreadable());
        const id = yield* coordinator.lines(reading.text, encoder);
        const counted = await coordinator.rowsOf(id);
        signal.throwIfAborted(); // a canceled query can end like a complete one
        const rest = encoder.take();
        if (rest.length > 0) yield rest;
        return counted ?? encoder.lines;
      } catch (error) {
        return translate(error);
      } finally {
        stop();
        await coordinator.cancel(); // failed, or the consumer needs no more
      }
    }

    return segmentRead(columns, batches());
  }

  return { guarantees: GUARANTEES, look, clock, read, close };
}
