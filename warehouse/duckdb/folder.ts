import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { quoteName, quoteText } from './statements.ts';

/** How DuckDB reads a format, and the ends of its files' names. */
const FORMATS = [
  { ends: /\.parquet$/i, call: 'read_parquet', options: '' },
  // Everything in a CSV file is text: a guessed number would lose the zeros that a phone number begins with.
  { ends: /\.(csv|tsv)(\.gz|\.zst)?$/i, call: 'read_csv', options: ', all_varchar = true' },
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
    const format = formatOf(entry.name);
    if (format) {
      const name = entry.name.replace(format.ends, '');
      if (!entry.isDirectory()) tables.push({ name, entry: entry.name, format, paths: [entry.name] });
    } else if (entry.isDirectory()) {
      const paths = await filesIn(folder, entry.name);
      const formats = new Set(paths.map(formatOf));
      const [only] = formats.size === 1 ? formats : [];
      if (paths.length > 0) tables.push({ name: entry.name, entry: `${entry.name}/`, format: only, paths });
    }
  }
  return tables;
}

async function filesIn(folder: string, within: string): Promise<string[]> {
  const entries = await readdir(join(folder, within), { withFileTypes: true });
  const found: string[] = [];
  for (const { name } of entries.filter((entry) => isOwn(entry.name))) {
    const path = join(within, name);
    if (formatOf(name)) found.push(path);
    else if (entries.find((entry) => entry.name === name)!.isDirectory())
      found.push(...(await filesIn(folder, path)));
  }
  return found.sort();
}

function isOwn(name: string): boolean {
  return !/^[._]/.test(name);
}

function formatOf(name: string): Format | undefined {
  return FORMATS.find(({ ends }) => ends.test(name));
}

/** A view with the name of the table, for a process that runs in the folder. Columns of several files belong together by name. */
export function viewStatement({ name, entry, format, paths }: FolderTable): string {
  const isFolder = entry.endsWith('/');
  const files = `[${paths.map((path) => quoteText(literalPath(path))).join(', ')}]`;
  const options = `${format!.options}${isFolder ? ', union_by_name = true, hive_partitioning = true' : ''}`;
  return `create view ${quoteName(name)} as select * from ${format!.call}(${files}${options})`;
}

/** DuckDB takes every path for a pattern. */
function literalPath(path: string): string {
  return path.replace(/[*?[]/g, (character) => `[${character}]`);
}
