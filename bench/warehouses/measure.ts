import { fileURLToPath } from 'node:url';
import type { Source } from '../../activation/definition/source.ts';
import { runCommand } from '../commands.ts';
import { COLUMNS, copyLine, QUERY } from './rows.ts';

/** A source to read. */
export interface Reading {
  source: Source;
  /** The variables that the source names. */
  env: Record<string, string>;
  /** Where a service is whose address the driver knows otherwise. */
  place?: { url: string; key?: string; rows?: 'storage' | 'rest'; port?: number };
}

/** What one read cost; all in the process of the reader alone. */
export interface MeasuredRead {
  rows: number;
  /** Milliseconds from the query to the last line. The warehouse is open before. */
  total: number;
  /** CPU time in the same period, in milliseconds. */
  cpu: number;
  /** In bytes, with Node itself. */
  peakRss: number;
}

const PROGRAM = fileURLToPath(new URL('read.js', import.meta.url));
/** Those of `npm start`. */
const FLAGS = ['--expose-gc', '--max-semi-space-size=2'];
const ENVIRONMENT = { NODE_ENV: 'production', MALLOC_ARENA_MAX: '1' };

/**
 * Reads a source to its end in a new process.
 * @throws Error if it has not the rows of the bench
 */
export async function measureRead(reading: Reading, rows: number): Promise<MeasuredRead> {
  const argument = JSON.stringify({ ...reading, query: QUERY, columns: COLUMNS });
  const printed = await runCommand(process.execPath, [...FLAGS, PROGRAM, argument], { env: ENVIRONMENT });
  const { first, ...measured } = JSON.parse(printed) as MeasuredRead & { first: string };
  const number = Number(/^customer(\d+)@/.exec(first)?.[1]);
  if (measured.rows !== rows || first !== copyLine(number))
    throw new Error(`${reading.source.driver} read ${measured.rows} rows, of which the first is: ${first}`);
  return measured;
}
