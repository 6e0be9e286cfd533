import { buffer } from 'node:stream/consumers';
import { unescapeCopy } from '../../activation/values/copy.ts';
import { Failure } from '../../contract/failure.ts';
import { pickColumns } from '../columns.ts';
import { warehouseOf, type Lines } from '../reading.ts';
import type { UrlSource, Warehouse } from '../source.ts';
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

  /** Runs a statement of at most one row. */
  async function short(asked: Asked): Promise<{ columns: ClickHouseColumn[]; row?: string[] }> {
    const { body } = await server.ask(asked);
    const lines = (await buffer(body)).toString().split('\n');
    server.done();
    if (lines.length < 3 || lines.at(-1) !== '')
      throw ServerError.from(lines[0]!) ?? new Failure('segmentIncomplete', {});
    const [names, types, row] = lines.slice(0, -1).map((line) => line.split('\t'));
    const columns = names!.map((name, i) => columnOf(unescapeCopy(name)!, unescapeCopy(types![i]!)!));
    return { columns, row };
  }

  return warehouseOf({
    guarantees: { snapshot: 'statement', readOnly: 'server', errorPosition: 'syntax', tried: false },
    failures,
    async look({ query, setting }, translator) {
      const statement = lookStatement(query, setting);
      const { columns, row } = await short(statement).catch(translator(statement));
      const [column] = columns as [ClickHouseColumn];
      const { kind } = column;
      if (row === undefined) return { found: false, kind, value: null };
      const field = new CopyText([column]).convert(Buffer.from(`${row[0]}\n`)).toString();
      return { found: true, kind, value: unescapeCopy(field.slice(0, -1)) };
    },
    async clock(translator) {
      const { row } = await short(CLOCK).catch(translator(CLOCK));
      return Number(row![0]);
    },
    async read({ segment, columns: requested }, translator) {
      const described = describeStatement(segment);
      const offered = await short(described).catch(translator(described));
      const columns = pickColumns(requested, offered.columns);
      const statement = readStatement(segment, columns);
      async function* lines(): Lines {
        const { body, tag } = await server.ask(statement);
        const counted = yield* converted(linesOf(body, tag), new CopyText(columns));
        server.done();
        return counted;
      }

      return { columns, statement, lines: lines() };
    },
    close: () => server.close(),
  });
}

async function* converted(lines: Lines, text: CopyText): Lines {
  let item = await lines.next();
  for (; !item.done; item = await lines.next()) yield text.convert(item.value);
  return item.value;
}
