import { createReadStream } from 'node:fs';
import { READ_CHUNK, readCsv } from '../csv.ts';
import type { ImportRecord } from '../imports/import-queue.ts';
import type { World } from '../world.ts';

/** An import's rows in error with the same code and message. */
export interface ErrorGroup {
  code: string;
  message: string;
  rows: number;
  /** The first rows. The lines are those of the imported file; the header is line 1. */
  examples: { line: string; key: string }[];
}

const EXAMPLES = 5;
const known = new WeakMap<ImportRecord, Promise<ErrorGroup[]>>();

/** Returns the errors of a finished import, most frequent first. The file is read only once. */
export function rowErrors({ imports }: World, record: ImportRecord): Promise<ErrorGroup[]> {
  let groups = known.get(record);
  if (!groups) {
    groups = grouped(imports.rowsInErrorOf(record));
    known.set(record, groups);
    groups.catch(() => known.delete(record)); // the caller gets the error, and the next call reads the file again
  }
  return groups;
}

async function grouped(path: string): Promise<ErrorGroup[]> {
  const groups = new Map<string, ErrorGroup>();
  await readCsv(createReadStream(path, READ_CHUNK), ';', ([line, key, code, message], number) => {
    if (number === 1) return; // skips the header
    const what = `${code} ${message}`;
    let group = groups.get(what);
    if (!group) groups.set(what, (group = { code: code!, message: message!, rows: 0, examples: [] }));
    group.rows += 1;
    if (group.examples.length < EXAMPLES) group.examples.push({ line: line!, key: key! });
  });
  return [...groups.values()].sort((a, b) => b.rows - a.rows);
}
