import ms from 'ms';
import { Failure } from '../../contract/failure.ts';
import { codeOf } from '../../contract/foreign.ts';
import type { Condition } from '../../contract/messages/conditions.ts';
import type { QueryPlace } from '../../contract/messages/warehouse.ts';
import { jsonOf } from '../json.ts';
import type { Failures } from '../reading.ts';
import { placeIn } from '../sql/places.ts';
import type { Statement } from '../sql/statements.ts';
import { DuckdbError, EngineEnded, EngineSilent, LibraryMissing } from './engine.ts';
import { RowPipeLost } from './pipe.ts';

/** The source with the facts for messages. */
interface DuckdbFacts {
  /** The file, the folder or the database of MotherDuck, as it is configured. */
  place: string;
  isRemote: boolean;
  /** In milliseconds. */
  statementTimeout: number;
  /** As DuckDB writes it, such as `512MB`. */
  memoryLimit: string;
}

/** DuckDB's types of exceptions: `exception_type` of its JSON, which its texts begin with otherwise. */
const CONDITIONS: Readonly<Record<string, Condition>> = {
  Parser: 'syntax',
  Syntax: 'syntax',
  Binder: 'types',
  Conversion: 'conversion',
  'Out of Range': 'range',
  'Invalid Input': 'value',
  'Invalid type': 'types',
  'Mismatch Type': 'types',
  'Not implemented': 'feature',
  'Missing Extension': 'extension',
  IO: 'file',
  Permission: 'file', // of the file system: there are no others
  INTERRUPT: 'canceled',
};

/** Types of exceptions of a connection to MotherDuck. Retries can help. */
const OF_CONNECTION = ['HTTP', 'Connection', 'IO'];

/** DuckDB has no codes for these; the order matters. */
const BY_WORDS: readonly (readonly [pattern: RegExp, condition: Condition])[] = [
  [/attached in read-only mode/, 'readOnly'],
  [/exists in the \w+ extension/, 'extension'],
  [/No function matches/, 'noFunction'],
  [/[Aa]mbiguous reference/, 'ambiguousName'],
  [/must appear in the GROUP BY/, 'notGrouped'],
  [/More than one row returned by a subquery/, 'severalRows'],
  [/No space left on device|max_temp_directory_size/, 'disk'],
];

/** The parts of an error of DuckDB. */
interface Parts {
  type: string;
  /** Of the thing that does not exist, such as `Table`. */
  what?: string;
  subtype?: string;
  /** In bytes of the statement, from 0. */
  position?: number;
}

/**
 * A failure contains neither its cause nor DuckDB's text, because that contains values of rows and literals of the
 * query. The text goes to the state as `words`, and the message is our own text.
 */
export function failuresOf(source: DuckdbFacts): Failures {
  const { place: connection, statementTimeout, memoryLimit } = source;
  return (error, { statement } = {}) => {
    const { setting, table } = statement ?? {};
    if (error instanceof LibraryMissing)
      return new Failure('driverMissing', { driver: 'duckdb', library: '@duckdb/node-api' });
    if (error instanceof EngineEnded)
      return new Failure('sourceBrokeOff', { connection, code: `DuckDB's process ended: ${error.how}` });
    if (error instanceof EngineSilent) {
      return statement
        ? new Failure('queryTimedOut', { setting, limit: ms(statementTimeout) })
        : new Failure('sourceUnreachable', { connection, code: 'ERR_POSTGRES_NO_ANSWER' });
    }
    if (error instanceof RowPipeLost)
      return new Failure('sourceBrokeOff', { connection, code: `its pipe: ${codeOf(error.cause)}` });
    if (!(error instanceof DuckdbError)) return error;
    const parts = partsOf(error.message);
    const words = error.message;
    const code = `DuckDB ${parts.type} error`;
    if (!statement) return ofOpening(source, parts, words);
    if (source.isRemote && OF_CONNECTION.includes(parts.type))
      return new Failure('sourceBrokeOff', { connection, code }, { words });
    if (parts.type === 'Out of Memory')
      return new Failure('sourceMemoryExceeded', { setting, table, limit: memoryLimit }, { words });
    const condition = conditionOf(parts, words);
    const at = placeOf(parts, statement);
    return new Failure('queryRefused', { setting, table, condition, at, code }, { words });
  };
}

/** Whether a statement named a table or a schema that does not exist. */
export function isMissingTable(error: unknown): error is DuckdbError {
  if (!(error instanceof DuckdbError)) return false;
  const { type, what } = partsOf(error.message);
  return type === 'Catalog' && (what === 'Table' || what === 'Schema');
}

const NEWER_FILE =
  'a newer DuckDB wrote it: update @duckdb/node-api where the worker is installed, or set storage_compatibility_version in the program that writes it';

/** The error of opening the database, which has no JSON. */
function ofOpening({ place, isRemote }: DuckdbFacts, { type }: Parts, words: string): Failure {
  const code = `DuckDB ${type} error`;
  if (isRemote) {
    if (OF_CONNECTION.includes(type))
      return new Failure('sourceUnreachable', { connection: place, code }, { words });
    const check = ['the token', 'the name of the database'];
    return new Failure('sourceLoginRefused', { connection: place, check, code }, { words });
  }
  if (words.includes('Could not set lock'))
    return new Failure('sourceFileLocked', { file: place }, { words });
  const readable = 'a database file that the installed version of DuckDB can read';
  const expected = words.includes('but we can only read versions') ? `${readable}; ${NEWER_FILE}` : readable;
  return new Failure('sourceSettingUnusable', { connection: place, setting: 'file', expected }, { words });
}

function conditionOf({ type, what, subtype }: Parts, words: string): Condition {
  const found = BY_WORDS.find(([pattern]) => pattern.test(words));
  if (found) return found[1];
  if (type === 'Binder' && subtype === 'COLUMN_NOT_FOUND') return 'noColumn';
  if (type === 'Catalog') {
    if (what === 'Schema') return 'noSchema';
    return what?.includes('Function') ? 'noFunction' : 'noTable';
  }
  return Object.hasOwn(CONDITIONS, type) ? CONDITIONS[type]! : 'other';
}

/** DuckDB counts bytes of the whole statement. */
function placeOf({ position }: Parts, statement: Statement): QueryPlace | undefined {
  if (position === undefined) return undefined;
  return placeIn(statement, Buffer.from(statement.text).toString('utf8', 0, position).length);
}

/** Statements have errors in JSON (`errors_as_json`), after a text or not; others are texts: `IO Error: …`. */
function partsOf(message: string): Parts {
  const json = /\{.*\}$/s.exec(message)?.[0] ?? '';
  const parsed = jsonOf(json) as Record<string, string | undefined> | undefined;
  if (!parsed) return { type: /^([A-Z][A-Za-z ]{1,30}) Error: /.exec(message)?.[1] ?? 'unknown' };
  const { exception_type: type, error_subtype: subtype, type: what, position } = parsed;
  const isType = type !== undefined && /^[A-Za-z ]{1,30}$/.test(type);
  return {
    type: isType ? type : 'unknown',
    what,
    subtype,
    position: position === undefined ? undefined : Number(position),
  };
}
