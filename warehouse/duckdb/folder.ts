import type { Dirent } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { POSTGRES } from '../postgres/statements.ts';
import { piecesOf } from '../sql/semicolon.ts';
import { quoted } from '../sql/statements.ts';

/**
 * Everything in a CSV file is text: a guessed number would lose the zeros that a phone number begins with. Only the
 * delimiter is guessed. A guessed comment sign, quote or beginning of the rows would lose rows: DuckDB takes a row that
 * begins with `#` for a comment, and two names that contain `'` for the ends of one text.
 */
const CSV = `, all_varchar = true, header = true, skip = 0, comment = '', quote = '"', escape = '"'`;

/** How DuckDB reads a format, and the ends of its files' names. */
const FORMATS = [
  { ends: /\.parquet$/i, call: 'read_parquet', options: '' },
  { ends: /\.(csv|tsv)(\.gz|\.zst)?$/i, call: 'read_csv', options: CSV },
  { ends: /\.(json|jsonl|ndjson)(\.gz|\.zst)?$/i, call: 'read_json', options: '' },
] as const;
type Format = (typeof FORMATS)[number];

/** A table of a folder: a file, or all files of a folder in it. */
export interface FolderTable {
  /** The name of the file without its end, or of the folder. */
  name: string;
  /** The file or folder, for messages. */
  entry: string;
  /** Undefined: the files have several formats. */
  format: Format | undefined;
  /** Relative to the folder. */
  paths: string[];
}

/**
 * Lists the tables of a folder. Names that begin with `.` or `_` are files of other programs, such as `_SUCCESS`.
 * @throws Error of the file system
 */
export async function tablesOf(folder: string): Promise<FolderTable[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  const tables: FolderTable[] = [];
  for (const entry of entries.filter(({ name }) => isOwn(name)).sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const paths = await filesIn(folder, entry);
    if (paths.length === 0) continue;
    const formats = new Set(paths.map(formatOf));
    const [format] = formats.size === 1 ? formats : [];
    const name = entry.name.replace(formatOf(entry.name)?.ends ?? '', '');
    tables.push({ name, entry: entry.isDirectory() ? `${entry.name}/` : entry.name, format, paths });
  }
  return tables;
}

/** The files with tables: the entry itself, or those in it. A folder may be named like a file: `people.parquet/`. */
async function filesIn(folder: string, entry: Dirent, within = ''): Promise<string[]> {
  const path = join(within, entry.name);
  if (!isOwn(entry.name)) return [];
  if (!entry.isDirectory()) return formatOf(entry.name) ? [path] : [];
  const entries = await readdir(join(folder, path), { withFileTypes: true });
  const found: string[] = [];
  for (const inner of entries) found.push(...(await filesIn(folder, inner, path)));
  return found.sort();
}

function isOwn(name: string): boolean {
  return !/^[._]/.test(name);
}

function formatOf(name: string): Format | undefined {
  return FORMATS.find(({ ends }) => ends.test(name));
}

/** Returns the tables that a statement may name: its words and its quoted names, also those in its texts. */
export function tablesNamedIn(sql: string, tables: FolderTable[]): FolderTable[] {
  const names = new Set([...namesIn(sql)].map((name) => name.toLowerCase()));
  return tables.filter(({ name }) => names.has(name.toLowerCase()));
}

/** DuckDB also takes a text for the name of a table (`from 'people'`), and has functions that take a query. */
function* namesIn(sql: string): Generator<string, void, undefined> {
  for (const { text } of piecesOf(sql, POSTGRES.tokens)) {
    const [, content] = /^(?:[eE]?'|\$\w*\$)([^]*?)(?:'|\$\w*\$)$/.exec(text) ?? [];
    if (content === undefined) {
      yield text.startsWith('"') ? text.slice(1, -1).replaceAll('""', '"') : text;
    } else {
      yield content;
      yield* namesIn(content);
    }
  }
}

/**
 * A view with the name of the table, for a process that runs in the folder. Columns of several files belong together by
 * name.
 */
export function viewStatement({ name, entry, format, paths }: FolderTable): string {
  const isFolder = entry.endsWith('/');
  const files = `[${paths.map((path) => quoted(literalPath(path), "'")).join(', ')}]`;
  const options = `${format!.options}${isFolder ? ', union_by_name = true' : ''}`;
  return `create view ${quoted(name, '"')} as select * from ${format!.call}(${files}${options})`;
}

/** DuckDB takes every path for a pattern. */
function literalPath(path: string): string {
  return path.replace(/[*?[]/g, (character) => `[${character}]`);
}
