import type * as Tedious from 'tedious';
import type { Connection, Request } from 'tedious';
import { LineWriter } from '../copy/lines.ts';
import { LATE } from './failures.ts';
import type { Field, SqlServerColumn } from './kinds.ts';
import { conversionOf } from './kinds.ts';

/** A value with what tedious tells of its column. */
interface Cell {
  value: unknown;
}

/** The end of a request: an error, or the rows that the server has counted. */
interface Ended {
  error?: Error;
  rows: number;
}

/** A batch that is sent at once. */
interface Batch {
  request: Request;
  /** Never rejects. */
  ended: Promise<Ended>;
}

/** A connection, over which one batch at a time is sent. */
export interface Channel {
  library: Pick<typeof Tedious, 'Request'>;
  connection: Connection;
  /** The end of the last batch. */
  ended?: Promise<Ended>;
}

/** The longest timer of Node, in milliseconds. */
const LONGEST_TIMER = 2 ** 31 - 1;
/** tedious' code for a request that was canceled, after the server has confirmed it. */
const CANCELED = 'ECANCEL';

/**
 * Sends a batch.
 * @param timeout in milliseconds, for the batch with all of its rows. Then it is canceled, and fails with `LATE` once
 *   the server has confirmed it. tedious' own timeout ends with the first packet of the answer, so it is not used.
 */
function send(
  channel: Channel,
  { text, timeout, prepare }: { text: string; timeout: number; prepare?: (request: Request) => void },
): Batch {
  const { connection } = channel;
  let request!: Request;
  let isLate = false;
  const cancel = () => {
    isLate = true;
    connection.cancel();
  };
  const timer = setTimeout(cancel, Math.min(timeout, LONGEST_TIMER));
  const ended = new Promise<Ended>((resolve) => {
    request = new channel.library.Request(
      text,
      (error: (Error & { code?: string }) | null | undefined, rows) => {
        clearTimeout(timer);
        if (isLate && error?.code === CANCELED) error.code = LATE;
        resolve({ error: error ?? undefined, rows: rows ?? 0 });
      },
    );
  });
  prepare?.(request);
  channel.ended = ended;
  connection.execSqlBatch(request);
  return { request, ended };
}

/** The columns of a batch, its first row, with all values as tedious sees them, and the number of rows that arrived. */
export async function firstRow(
  channel: Channel,
  batch: { text: string; timeout: number },
): Promise<{ columns: Field[]; row?: unknown[]; rows: number }> {
  let columns: Field[] = [];
  let row: unknown[] | undefined;
  let rows = 0;
  const { ended } = send(channel, {
    ...batch,
    prepare: (request) => {
      request.on('columnMetadata', (found: unknown) => (columns = found as Field[]));
      request.on('row', (cells: Cell[]) => {
        rows += 1;
        row ??= cells.map(({ value }) => value);
      });
    },
  });
  const { error } = await ended;
  if (error) throw error;
  return { columns, row, rows };
}

/**
 * Reads the rows of a SELECT as lines, with back-pressure: the request is paused while enough lines wait. A buffer is
 * valid until the next one is requested.
 * @returns the rows as the server counts them, and the lines
 */
export async function* linesOf(
  channel: Channel,
  { columns, ...batch }: { text: string; timeout: number; columns: SqlServerColumn[] },
): AsyncGenerator<Buffer, { rows: number; lines: number }, undefined> {
  const writer = new LineWriter();
  const conversions = columns.map(conversionOf);
  let wake: (() => void) | undefined;
  let end: Ended | undefined;
  const { request, ended } = send(channel, {
    ...batch,
    prepare: (each) => {
      each.on('row', (cells: Cell[]) => {
        for (let i = 0; i < cells.length; i++) {
          writer.field(cells[i]!.value as string | null, conversions[i]);
        }
        writer.endLine();
        if (!writer.isFull) return;
        each.pause();
        wake?.();
      });
    },
  });
  void ended.then((result) => {
    end = result;
    wake?.();
  });
  for (;;) {
    if (writer.isFull) yield writer.take();
    if (end) break;
    const changed = new Promise<void>((resolve) => (wake = resolve));
    request.resume();
    await changed;
  }
  if (end.error) throw end.error;
  const rest = writer.take();
  if (rest.length > 0) yield rest;
  return { rows: end.rows, lines: writer.lines };
}
