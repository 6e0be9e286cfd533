import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { COLUMNS, customers } from '../rows.ts';
import { serve } from './http.ts';
import { partsOf } from './parts.ts';

/** About 1 MB of text. */
const BLOCK = 10_000;

const TYPES = ['String', 'String', 'Int32', 'Decimal(10, 2)', 'Bool', 'DateTime64(6)'];

/** Replays the HTTP interface of ClickHouse, without compression, which the driver does not ask for. */
export async function replayClickhouse(rows: number): Promise<{ url: string }> {
  const blocks = partsOf(rows, BLOCK, (count) => {
    const lines = customers(count, ({ email, externalId, orders, spent, active, lastOrderAt }) => {
      const moment = `${lastOrderAt.replace(' ', 'T')}.000000Z`;
      return `${[email, externalId, orders, spent, active ? 't' : 'f', moment].join('\t')}\n`;
    });
    return Buffer.from(lines.join(''));
  });
  const described = `${COLUMNS.join('\t')}\n${TYPES.join('\t')}\n`;

  const url = await serve(async ({ url: { searchParams } }, response) => {
    response.writeHead(200, { 'content-type': 'text/tab-separated-values; charset=UTF-8' });
    if (searchParams.get('default_format') !== 'Template') return void response.end(described);
    const [, end] = searchParams.get('format_template_resultset_format')!.split('${data}') as [
      string,
      string,
    ];
    const body = [
      ...blocks.map(({ content }) => content),
      Buffer.from(end.replace('${rows:Raw}', String(rows))),
    ];
    await pipeline(Readable.from(body), response);
  });
  return { url };
}
