import type { ServerResponse } from 'node:http';
import type { EngineColumn, EngineQuery } from '../duckdb-engine.ts';
import { hasRoom } from '../has-room.ts';
import { ClickHouseError } from './errors.ts';
import { escaped, escapedText, templateParts, typeName } from './formats.ts';
import type { Manner } from './server.ts';

/** A query to answer. */
export interface Answer {
  statement: string;
  settings: Record<string, string>;
  response: ServerResponse;
  /** Marks an exception in the body. */
  tag: string;
}

/** Writes the rows of a query in the format that its client asks for. Throws what prevents it, also in the middle. */
export async function answer(query: EngineQuery, asked: Answer, manner: Manner): Promise<void> {
  const { statement, settings } = asked;
  const columns = await query.describe(statement);
  const write = writerOf(asked, manner);
  switch (settings.default_format) {
    case 'TabSeparatedWithNamesAndTypes': {
      const eol = settings.output_format_tsv_crlf_end_of_line === '1' ? '\r\n' : '\n';
      const row = columns.map((_, i) => i).flatMap((i) => (i === 0 ? [i] : ['\t', i]));
      const pieces = [`${columns.map(({ name }) => escaped(name)).join('\t')}${eol}`];
      pieces.push(`${columns.map(({ type }) => escaped(typeName(type))).join('\t')}${eol}`);
      for await (const lines of query.texts(lineOf(statement, columns, [...row, eol], settings)))
        pieces.push(lines.join(''));
      await write(pieces.join('')); // wait_end_of_query: nothing before the last row
      break;
    }
    case 'Template':
      await writeTemplate(query, asked, { columns, write, miscount: manner.miscount });
      manner.miscount = 0;
      break;
    default:
      throw new ClickHouseError(73, 'UNKNOWN_FORMAT', `Unknown format ${settings.default_format}`);
  }
  await write.end();
}

async function writeTemplate(
  query: EngineQuery,
  { statement, settings }: Answer,
  { columns, write, miscount }: { columns: EngineColumn[]; write: Write; miscount: number },
): Promise<void> {
  const template = settings.format_template_row_format ?? '';
  const [before, after] = (settings.format_template_resultset_format ?? '${data}\n').split('${data}') as [
    string,
    string,
  ];
  let count = 0;
  if (before) await write(before);
  for await (const lines of query.texts(lineOf(statement, columns, templateParts(template), settings))) {
    count += lines.length;
    await write(lines.join(settings.format_template_rows_between_delimiter ?? '\n'));
  }
  await write(after.replace('${rows:Raw}', String(count + miscount)));
}

/** A query of DuckDB whose only column is the text of a row. */
function lineOf(
  statement: string,
  columns: EngineColumn[],
  parts: (string | number)[],
  settings: Answer['settings'],
): string {
  const texts = parts.map((part) =>
    typeof part === 'number' ? escapedText(columns[part]!, settings) : `'${part.replaceAll("'", "''")}'`,
  );
  return `select concat(${texts.join(', ')}) from (${statement}\n) answer`;
}

interface Write {
  (text: string): Promise<void>;
  end(): Promise<void>;
}

/** Waits for slow clients, and gives up those that are too slow, as the server does. */
function writerOf({ response, settings }: Answer, manner: Manner): Write {
  const limit = Number(settings.http_send_timeout ?? manner.sendTimeout) * 1000;
  let last = '';
  const send = async (text: string) => {
    if (response.destroyed) throw new ClickHouseError(210, 'NETWORK_ERROR', 'I/O error: Broken pipe');
    if (response.write(text)) return;
    const timer = setTimeout(() => response.destroy(), limit);
    await hasRoom(response);
    clearTimeout(timer);
  };
  return Object.assign(
    async (text: string) => {
      if (last !== '') await send(last);
      last = text;
    },
    {
      async end() {
        const withheld = manner.withheld;
        manner.withheld = 0;
        response.end(withheld > 0 ? Buffer.from(last).subarray(0, -withheld) : last);
      },
    },
  );
}
