import { buffer } from 'node:stream/consumers';
import { unescapeCopy } from '../../activation/values/copy.ts';
import { Failure } from '../../contract/failure.ts';
import { pickColumns } from '../columns.ts';
import { onlyOnce, segmentRead, watch } from '../reading.ts';
import type { Answer, Question, SegmentRead, SegmentRequest, UrlSource, Warehouse } from '../source.ts';
import { TIMEOUTS } from '../timeouts.ts';
import { CopyText } from './copy-text.ts';
import { failuresOf, ServerError } from './failures.ts';
import { columnOf, type ClickHouseColumn } from './kinds.ts';
import { linesOf } from './rows.ts';
import { ClickHouseServer } from './server.ts';
import { CLOCK, describeStatement, lookStatement, readStatement, type Asked } from './statements.ts';
import { clickhouseTarget } from './url.ts';

/**
 * ClickHouse as a warehouse, by its HTTP interface. Nothing is sent before the first statement.
 * @throws Failure ConfigurationInvalid (invalid URL)
 */
export function openClickHouse(source: UrlSource, timeouts = TIMEOUTS): Warehouse {
  const failures = failuresOf(source);
  const target = clickhouseTarget(source.url, source.variable);
  const server = new ClickHouseServer(target, { ...source, timeouts });
  const close = onlyOnce(() => server.close());
  const watched = (signal: AbortSignal) => watch(signal, close, failures);

  /** Runs a statement of at most one row. */
  async function short(asked: Asked): Promise<{ columns: ClickHouseColumn[]; row?: string[] }> {
    const { body } = await server.ask(asked);
    const lines = (await buffer(body)).toString().split('\n');
    server.done();
    if (lines.length < 3 || lines.at(-1) !== '') throw ServerError.from(lines[0]!) ?? incomplete();
    const [names, types, row] = lines.slice(0, -1).map((line) => line.split('\t'));
    const columns = names!.map((name, i) => columnOf(unescapeCopy(name)!, unescapeCopy(types![i]!)!));
    return { columns, row };
  }

  async function look({ query, setting, signal }: Question): Promise<Answer> {
    const { translator, stop } = watched(signal);
    try {
      const statement = lookStatement(query, setting);
      const { columns, row } = await short(statement).catch(translator(statement));
      signal.throwIfAborted();
      const [column] = columns as [ClickHouseColumn];
      const { kind } = column;
      if (row === undefined) return { found: false, kind, value: null };
      const field = new CopyText([column]).convert(Buffer.from(`${row[0]}\n`)).toString();
      return { found: true, kind, value: unescapeCopy(field.slice(0, -1)) };
    } finally {
      stop();
    }
  }

  async function clock(signal: AbortSignal): Promise<number> {
    const { translator, stop } = watched(signal);
    try {
      const { row } = await short(CLOCK).catch(translator(CLOCK));
      return Number(row![0]);
    } finally {
      stop();
    }
  }

  async function read({ segment, columns: requested, signal }: SegmentRequest): Promise<SegmentRead> {
    const { translator, batches } = watched(signal);
    const statement = describeStatement(segment);
    const described = await short(statement).catch(translator(statement));
    const columns = pickColumns(requested, described.columns);
    const reading = readStatement(segment, columns);
    async function* lines(): AsyncGenerator<Buffer, number, undefined> {
      const { body, tag } = await server.ask(reading);
      const counted = yield* converted(linesOf(body, tag), new CopyText(columns));
      server.done();
      return counted;
    }

    return segmentRead(columns, batches(reading, lines()));
  }

  return {
    guarantees: { snapshot: 'statement', readOnly: 'server', errorPosition: 'syntax', tried: false },
    look,
    clock,
    read,
    close,
  };
}

async function* converted(
  lines: AsyncGenerator<Buffer, number, undefined>,
  text: CopyText,
): AsyncGenerator<Buffer, number, undefined> {
  let item = await lines.next();
  for (; !item.done; item = await lines.next()) yield text.convert(item.value);
  return item.value;
}

function incomplete(): Failure {
  return new Failure('segmentIncomplete', {});
}
