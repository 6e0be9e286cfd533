import { constants } from 'node:fs';
import { access, mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { wholeLines } from '../../activation/comparison/whole-lines.ts';
import { Failure } from '../../contract/failure.ts';
import { codeOf } from '../../contract/foreign.ts';
import { pickColumns } from '../columns.ts';
import { warehouseOf, type Lines } from '../reading.ts';
import { readerName, type Guarantees, type Reader, type Warehouse } from '../source.ts';
import { quoted, type Statement } from '../sql/statements.ts';
import { Engine } from './engine.ts';
import { failuresOf, isMissingTable } from './failures.ts';
import { tablesNamedIn, tablesOf, viewStatement, type FolderTable } from './folder.ts';
import { describeColumns, type DuckdbColumn } from './kinds.ts';
import { createRowPipe } from './pipe.ts';
import { missingTable } from './tables.ts';
import { copyStatement, isNothing, lookStatement, plainStatement } from './statements.ts';

/** Milliseconds until the database is open, and for statements without work. MotherDuck loads an extension first. */
const [OPENING, SHORT] = [120_000, 30_000];

/** What is opened. */
export type Place =
  /** A database file; the path is relative to the project folder, or absolute. */
  | { file: string }
  /** A folder of Parquet, CSV and JSON files. */
  | { folder: string }
  /** The name of a database of MotherDuck. */
  | { motherduck: string; token: string };

interface DuckdbSource {
  place: Place;
  /** The absolute path of the project folder. */
  projectFolder: string;
  /** In milliseconds. */
  statementTimeout: number;
  /** As DuckDB writes it, such as `512MB`. */
  memoryLimit: string;
  threads: number;
  /** Where DuckDB writes what does not fit into its memory; undefined: the system's folder for temporary files. */
  tempDirectory?: string;
  reader: Reader;
}

function guaranteesOf(place: Place): Guarantees {
  if ('file' in place)
    return { snapshot: 'transaction', readOnly: 'server', errorPosition: 'all', tried: true };
  if ('folder' in place) return { snapshot: 'none', readOnly: 'wrapped', errorPosition: 'all', tried: true };
  return { snapshot: 'statement', readOnly: 'wrapped', errorPosition: 'all', tried: false };
}

/**
 * DuckDB as a warehouse, in a process of its own. A file is opened read-only, so nobody can write to it until the read
 * ends, and all statements read one state of it.
 * @throws Failure ConfigurationInvalid (no library, no such file, not a database), SourceUnavailable (a writer has it)
 */
export async function openDuckdb(source: DuckdbSource): Promise<Warehouse> {
  const { place, projectFolder, statementTimeout, memoryLimit } = source;
  const local = await localPath(place, projectFolder);
  const shown = 'file' in place ? place.file : 'folder' in place ? place.folder : `md:${place.motherduck}`;
  const failures = failuresOf({
    place: shown,
    isRemote: 'motherduck' in place,
    statementTimeout,
    memoryLimit,
  });
  const tables = 'folder' in place ? await tablesOf(local!).catch(unreadable(place.folder)) : [];
  const folder = await temporaryFolder(source, shown);
  const pipe = await createRowPipe(folder);
  const engine = new Engine(readerName(source.reader), 'folder' in place ? local! : folder, folder);
  const created = new Set<FolderTable>();

  async function close(): Promise<void> {
    await engine.kill();
    await rm(folder, { recursive: true, force: true }).catch(() => undefined); // the system cleans its own folder
  }

  /** Opens the database, and takes from the session what a query does not need: other files, settings, the network. */
  async function begin(): Promise<void> {
    const database = 'file' in place ? local! : 'folder' in place ? ':memory:' : `md:${place.motherduck}`;
    const config = {
      errors_as_json: 'true',
      memory_limit: memoryLimit,
      threads: String(source.threads),
      temp_directory: join(folder, 'spill'),
      ...('file' in place && { access_mode: 'READ_ONLY' }),
      ...('motherduck' in place
        ? { motherduck_token: place.token, custom_user_agent: 'actito-sync' }
        : withoutExtensions(folder)),
    };
    await engine.ask({ ask: 'open', database, config }, OPENING);
    const run = (sql: string) => engine.ask({ ask: 'run', sql }, SHORT);
    await run("set timezone = 'UTC'");
    if ('motherduck' in place) return;
    await run(`set allowed_paths = [${quoted(pipe.path, "'")}]`);
    if ('folder' in place) await run(`set allowed_directories = [${quoted(local!, "'")}]`);
    await run('set enable_external_access = false');
    await run('set lock_configuration = true');
  }

  /** Creates the views of the tables that a statement may name: a file that no query names need not be readable. */
  async function createViews({ text: sql, table: whole, setting }: Statement): Promise<void> {
    for (const table of tablesNamedIn(sql, tables).filter((each) => !created.has(each))) {
      const { name, entry, format } = table;
      const alike = tables.filter((other) => other.name.toLowerCase() === name.toLowerCase());
      if (alike.length > 1 || !format) {
        const files = alike.map((each) => each.entry);
        throw new Failure('sourceTableAmbiguous', { setting, table: whole, name, files });
      }
      const text = viewStatement(table);
      try {
        await engine.ask({ ask: 'run', sql: text }, statementTimeout);
      } catch (error) {
        throw failures(error, { statement: { text, table: entry, offset: 0, setting } });
      }
      created.add(table);
    }
  }

  /** Returns the columns of a statement that must be a single SELECT. */
  async function describe(statement: Statement): Promise<DuckdbColumn[]> {
    const { setting, table, query, text } = statement;
    if (query !== undefined && isNothing(query))
      throw new Failure('queryRefused', { setting, condition: 'syntax', at: 'end', code: 'DuckDB' });
    await createViews(statement);
    const { isOne, isSelect, columns } = await engine
      .ask({ ask: 'describe', sql: text }, statementTimeout)
      .catch(async (error: unknown) => {
        if (table === undefined || !isMissingTable(error)) throw error;
        throw await missingTable(engine, table, tables, error, SHORT);
      });
    const refusal = isOne ? (isSelect ? undefined : 'notSelect') : 'severalStatements';
    if (refusal) throw new Failure('queryRefused', { setting, table, condition: refusal, code: 'DuckDB' });
    return describeColumns(columns);
  }

  try {
    await begin();
  } catch (error) {
    await close();
    throw failures(error);
  }
  return warehouseOf({
    guarantees: guaranteesOf(place),
    failures,
    async look({ query, setting }, translator) {
      const plain = plainStatement({ query, setting });
      const columns = await describe(plain).catch(translator(plain));
      const statement = lookStatement(query, columns, setting);
      const [row] = await engine
        .ask({ ask: 'rows', sql: statement.text }, statementTimeout)
        .catch(translator(statement));
      return { found: row !== undefined, kind: columns[0]!.kind, value: row?.[0] ?? null };
    },
    clock: async () => Date.now(), // DuckDB's clock is this machine's
    async read({ segment, columns: requested }, translator) {
      const plain = plainStatement(segment);
      const offered = await describe(plain).catch(translator(plain));
      const columns = pickColumns(requested, offered);
      const statement = copyStatement(segment, offered, columns, pipe.path);
      async function* lines(): Lines {
        const copied = engine.ask({ ask: 'run', sql: statement.text }, statementTimeout);
        copied.catch(() => undefined); // nothing waits for it if the pipe cannot be opened
        yield* wholeLines(pipe.chunks(copied), { reuse: true });
        return copied;
      }

      return { columns, statement, lines: lines() };
    },
    close,
  });
}

/** Returns the absolute path of a file or folder, which exists; undefined for MotherDuck. */
async function localPath(place: Place, projectFolder: string): Promise<string | undefined> {
  if ('motherduck' in place) return undefined;
  const configured = 'file' in place ? place.file : place.folder;
  const path = resolve(projectFolder, configured);
  await access(path, constants.R_OK).catch(unreadable(configured));
  const isFolder = (await stat(path)).isDirectory();
  if (isFolder !== 'folder' in place)
    throw new Failure('sourceFileUnreadable', { path: configured, code: isFolder ? 'EISDIR' : 'ENOTDIR' });
  return path;
}

function unreadable(path: string) {
  return (error: unknown): never => {
    throw new Failure('sourceFileUnreadable', { path, code: codeOf(error) });
  };
}

/** DuckDB would download an extension and run it, for example for a file that is a database of SQLite. */
function withoutExtensions(folder: string) {
  return {
    autoinstall_known_extensions: 'false',
    autoload_known_extensions: 'false',
    extension_directory: join(folder, 'extensions'), // none of those that the user has installed
  };
}

/** Only this user can read the folder: it has the pipe with the rows, and what DuckDB spills. */
async function temporaryFolder({ tempDirectory, projectFolder }: DuckdbSource, connection: string) {
  const parent = tempDirectory === undefined ? tmpdir() : resolve(projectFolder, tempDirectory);
  return mkdtemp(join(parent, 'actito-sync-duckdb-')).catch(() => {
    const expected = 'an existing folder that the worker can write to';
    throw new Failure('sourceSettingUnusable', { connection, setting: 'tempDirectory', expected });
  });
}
