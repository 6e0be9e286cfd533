import { Failure } from '../../contract/failure.ts';
import type { Lines } from '../reading.ts';
import { JsonLines } from '../copy/json-lines.ts';
import { AnswerUnreadable, BigqueryError } from './failures.ts';
import type { Job } from './jobs.ts';
import { conversionOf, type Field } from './kinds.ts';
import type { Rest } from './rest.ts';

/**
 * Yields the rows of a job that has ended, page by page, as COPY lines; returns their number. A page token that the server
 * no longer accepts is replaced by the number of the next row.
 */
export async function* readPages(
  rest: Rest,
  { id, location }: Job,
  fields: readonly Field[],
  signal: AbortSignal,
): Lines {
  const page = (from: { pageToken?: string; startIndex?: number }) =>
    rest.stream({ path: `queries/${id}`, parameters: { location, ...from }, signal });
  const unreadable = () => new AnswerUnreadable('a page of query results');
  const encoder = new JsonLines(fields.map(conversionOf), unreadable, 'objects');
  let pageToken: string | undefined;
  do {
    const startIndex = encoder.lines;
    const body = await page({ pageToken }).catch((error: unknown) => {
      const isExpired = error instanceof BigqueryError && error.status === 400 && pageToken !== undefined;
      if (!isExpired) throw error;
      return page({ startIndex });
    });
    for await (const piece of body as AsyncIterable<Buffer>) yield* encoder.push(piece);
    const { pageToken: token } = encoder.endDocument() as { pageToken?: unknown };
    pageToken = typeof token === 'string' && token !== '' ? token : undefined;
    // otherwise a token without rows would be followed for ever
    if (pageToken !== undefined && encoder.lines === startIndex) throw new Failure('segmentIncomplete', {});
  } while (pageToken !== undefined);
  const last = encoder.take();
  if (last.length > 0) yield last;
  return encoder.lines;
}
