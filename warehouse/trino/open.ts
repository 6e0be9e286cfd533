import { pickColumns } from '../columns.ts';
import { warehouseOf, type Lines } from '../reading.ts';
import { JsonLines } from '../copy/json-lines.ts';
import type { UrlSource, Warehouse } from '../source.ts';
import type { Statement } from '../sql/statements.ts';
import { valueText } from '../copy/values.ts';
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

  async function describe(statement: Statement): Promise<TrinoColumn[]> {
    const { columns } = await coordinator.table(statement.text);
    return columns.map(({ name, type }, position) => columnOf(name, type, position));
  }

  return warehouseOf({
    guarantees: { snapshot: 'statement', readOnly: 'wrapped', errorPosition: 'all', tried: true },
    failures,
    async look({ query, setting }, translator) {
      const described = describeStatement({ query, setting });
      const columns = await describe(described).catch(translator(described));
      const statement = lookStatement(query, setting, columns);
      const { data } = await coordinator.table(statement.text).catch(translator(statement));
      const { kind } = columns[0]!;
      const [row] = data;
      return { found: row !== undefined, kind, value: row?.[0] == null ? null : valueText(row[0], kind) };
    },
    async clock(translator) {
      const { data } = await coordinator.table(CLOCK.text).catch(translator(CLOCK));
      return Number(data[0]![0]);
    },
    async read({ segment, columns: requested }, translator) {
      const described = describeStatement(segment);
      const offered = await describe(described).catch(translator(described));
      const columns = pickColumns(requested, offered);
      const statement = readStatement(segment, columns, offered.length);
      async function* lines(): Lines {
        const encoder = new JsonLines(columns.map(conversionOf), () => coordinator.unreadable());
        const id = yield* coordinator.lines(statement.text, encoder);
        const counted = await coordinator.rowsOf(id);
        const rest = encoder.take();
        if (rest.length > 0) yield rest;
        return counted ?? encoder.lines;
      }

      return { columns, statement, lines: lines() };
    },
    close: () => coordinator.close(),
  });
}
