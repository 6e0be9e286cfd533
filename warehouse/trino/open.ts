import { pickColumns } from '../columns.ts';
import { onlyOnce, segmentRead, watch } from '../reading.ts';
import { JsonLines } from '../rest/json-lines.ts';
import type { Answer, Question, SegmentRead, SegmentRequest, UrlSource, Warehouse } from '../source.ts';
import type { Statement } from '../sql/statements.ts';
import { valueText } from '../sql/values.ts';
import { TIMEOUTS } from '../timeouts.ts';
import { Coordinator } from './coordinator.ts';
import { failuresOf } from './failures.ts';
import { conversionOf, columnOf, type TrinoColumn } from './kinds.ts';
import { CLOCK, describeStatement, lookStatement, readStatement } from './statements.ts';
import { trinoTarget } from './url.ts';

/** Trino gives up a query after five minutes in which its client asks for nothing. */
const HEARTBEAT = 60_000;

/**
 * Trino as a warehouse, by its client protocol. Nothing is sent before the first statement.
 * @throws Failure ConfigurationInvalid (invalid URL)
 */
export function openTrino(source: UrlSource, timeouts = { ...TIMEOUTS, heartbeat: HEARTBEAT }): Warehouse {
  const failures = failuresOf(source);
  const target = trinoTarget(source.url, source.variable);
  const coordinator = new Coordinator(target, { ...source, timeouts });
  const close = onlyOnce(() => coordinator.close());
  const watched = (signal: AbortSignal) => watch(signal, close, failures);

  async function describe(statement: Statement): Promise<TrinoColumn[]> {
    const { columns } = await coordinator.table(statement.text);
    return columns.map(({ name, type }, position) => columnOf(name, type, position));
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
    const { translator, batches } = watched(signal);
    const statement = describeStatement(segment);
    const all = await describe(statement).catch(translator(statement));
    const columns = pickColumns(requested, all);
    const reading = readStatement(segment, columns, all.length);
    async function* lines(): AsyncGenerator<Buffer, number, undefined> {
      const encoder = new JsonLines(columns.map(conversionOf), () => coordinator.unreadable());
      const id = yield* coordinator.lines(reading.text, encoder);
      const counted = await coordinator.rowsOf(id);
      const rest = encoder.take();
      if (rest.length > 0) yield rest;
      return counted ?? encoder.lines;
    }

    return segmentRead(columns, batches(reading, lines()));
  }

  return {
    guarantees: { snapshot: 'statement', readOnly: 'wrapped', errorPosition: 'all', tried: true },
    look,
    clock,
    read,
    close,
  };
}
