import { Failure } from '../../contract/failure.ts';
import type { Encoder } from './encoder.ts';
import { BigqueryError } from './failures.ts';
import type { Job } from './jobs.ts';
import { PageParser } from './pages.ts';
import type { Rest } from './rest.ts';

/**
 * Yields the rows of a job that has ended, page by page, as COPY lines; the encoder counts them. A page token that the
 * server no longer accepts is replaced by the number of the next row.
 */
export async function* readPages(
  rest: Rest,
  { id, location }: Job,
  encoder: Encoder,
  signal: AbortSignal,
): AsyncGenerator<Buffer, void, undefined> {
  const page = (from: { pageToken?: string; startIndex?: number }) =>
    rest.stream({ path: `queries/${id}`, parameters: { location, ...from }, signal });
  let pageToken: string | undefined;
  do {
    const startIndex = encoder.writer.lines;
    const body = await page({ pageToken }).catch((error: unknown) => {
      const isExpired = error instanceof BigqueryError && error.status === 400 && pageToken !== undefined;
      if (!isExpired) throw error;
      return page({ startIndex });
    });
    const parser = new PageParser(encoder);
    for await (const piece of body as AsyncIterable<Buffer>) yield* parser.push(piece);
    yield* parser.push(Buffer.alloc(0), true);
    if (!parser.isComplete) throw new Failure('segmentIncomplete', {});
    const token = parser.members.get('pageToken');
    pageToken = typeof token === 'string' && token !== '' ? token : undefined;
    // otherwise a token without rows would be followed for ever
    if (pageToken !== undefined && encoder.writer.lines === startIndex) {
      throw new Failure('segmentIncomplete', {});
    }
  } while (pageToken !== undefined);
}
