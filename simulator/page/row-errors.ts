import { createReadStream } from 'node:fs';
import { READ_CHUNK, readCsv } from '../csv.ts';
import type { ImportRecord } from '../imports/import-queue.ts';
import type { World } from '../world.ts';

/** The rows in error of one import that have the same code and message. */
export interface ErrorGroup {
  code: string;
  message: string;
  rows: number;
  /** The first few. Lines are counted in the imported file, the header being 1. */
  examples: { line: string; key: string }[];
}

const EXAMPLES = 5;
const known = new WeakMap<ImportRecord, Promise<ErrorGroup[]>>();

/** The errors of a finished import, most frequent first. Its file is read once. */
export function rowErrors({ imports }: World, record: ImportRecord): Promise<ErrorGroup[]> {
  let groups = known.get(record);
  if (!groups) {
    groups = grouped(imports.rowsInErrorOf(record));
    known.set(record, groups);
    groups.catch(() => known.delete(record)); // the caller sees the error; the next call reads the file again
  }
  return groups;
}

async function grouped(path: string): Promise<ErrorGroup[]> {
  const groups = new Map<string, ErrorGroup>();
  await readCsv(createReadStream(path, READ_CHUNK), ';', ([line, key, code, message], number) => {
    if (number === 1) return; // the header
    const what = `${code} ${message}`;
    let group = groups.get(what);
    if (!group) groups.set(what, (group = { code: code!, message: message!, rows: 0, examples: [] }));
    group.rows += 1;
    if (group.examples.length < EXAMPLES) group.examples.push({ line: line!, key: key! });
  });
  return [...groups.values()].sort((a, b) => b.rows - a.rows);
}
