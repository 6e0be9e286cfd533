import { connectionInWords, UNREACHABLE } from './connections.ts';
import { conditionAdvice, conditionInWords, type Condition } from './conditions.ts';
import { advise, always, failure, message } from './message.ts';
import { conditionOf, sqlstateAdvice } from './sqlstates.ts';
import { counted, sizeInWords } from './words.ts';

/** Where the database found the error in a query. */
export type QueryPlace = { line: number; /** Some databases tell the line only. */ column?: number } | 'end';

/** The setting that a query is from; undefined: the segment's query, or its table. */
export interface Asked {
  setting?: string;
  table?: string;
}

const SNAPSHOTS = {
  transaction: 'guards and segment read one state of the data',
  statement: 'each query reads one state of the data, so a guard can see an older one than the segment',
  none: 'rows and files that change during a read can be read half old and half new',
};
const READ_ONLY = {
  server: 'the warehouse refuses writes',
  wrapped: 'give its user the right to read, and no other: only the form of our statements prevents writes',
};
const ERROR_POSITION = {
  all: [],
  syntax: ['only syntax errors say where they are in the query'],
};
const NEVER_TRIED =
  'this driver was never tried against the real service by us, only against its published protocol';

/** Messages about the warehouse. `variable` is the environment variable that holds its URL. */
export const WAREHOUSE_MESSAGES = {
  warehouseLoginRefused: failure('ConfigurationInvalid', {
    examples: [{ variable: 'WAREHOUSE_URL', sqlstate: '28P01' }],
    says: ({ variable, sqlstate }) =>
      `The warehouse rejected the login (SQLSTATE ${sqlstate}). Check user, password, database and sslmode in ${variable}.`,
  }),
  warehousePasswordUnusable: failure('ConfigurationInvalid', {
    examples: [{ variable: 'WAREHOUSE_URL' }],
    says: ({ variable }) =>
      `The warehouse requires a password; the one in ${variable} is missing or cannot be used.`,
  }),
  warehouseUnreachable: failure('SourceUnavailable', {
    examples: [
      { variable: 'WAREHOUSE_URL', code: 'ECONNREFUSED' },
      { variable: 'WAREHOUSE_URL', code: 'ERR_POSTGRES_NO_ANSWER' },
    ],
    says: ({ variable, code }) =>
      `The warehouse (${variable}) cannot be reached: ${connectionInWords(code)}.`,
    next: () => UNREACHABLE,
  }),
  warehouseBrokeOff: failure('SourceUnavailable', {
    examples: [{ sqlstate: '57P01' }],
    says: ({ sqlstate }) =>
      `The warehouse ended the connection: ${conditionOf(sqlstate)} (SQLSTATE ${sqlstate}).`,
  }),
  sourceTableAmbiguous: failure<Asked & { name: string; files: string[] }>('SegmentQueryFailed', {
    examples: [
      { table: 'people', name: 'people', files: ['people.csv', 'people.parquet'] },
      { setting: 'guards.freshness', name: 'orders', files: ['orders/'] },
    ],
    says: ({ setting, table, name, files }) =>
      `${queryInWords(setting, table)} failed: the files of the table ${name} have several formats (${files.join(', ')}).`,
    next: () => advise('Move or rename the files that do not belong to the table.'),
  }),
  sourceMemoryExceeded: failure<Asked & { limit: string }>('SegmentQueryFailed', {
    examples: [{ limit: '512MB' }, { setting: 'guards.freshness', limit: '512MB' }],
    says: ({ setting, table, limit }) =>
      `${queryInWords(setting, table)} failed: it needs more memory than memoryLimit of the source (${limit}).`,
    next: () => advise('Raise memoryLimit, or change the query so that it sorts and groups fewer rows.'),
  }),
  queryRefused: failure<Asked & { condition: Condition; at?: QueryPlace; code?: string }>(
    'SegmentQueryFailed',
    {
      examples: [
        { condition: 'noColumn', at: { line: 2, column: 8 }, code: 'MySQL error 1054' },
        { condition: 'noTable', at: { line: 2 }, code: 'SQL Server error 208' },
        { setting: 'guards.freshness', condition: 'severalStatements', at: { line: 1, column: 15 } },
        { condition: 'noObject', code: 'BigQuery error notFound' },
        { condition: 'noPermission', code: 'MySQL error 1142' },
        { condition: 'invalidView', code: 'MySQL error 1356' },
        { condition: 'setting', code: 'ClickHouse error 115' },
      ],
      says: ({ setting, table, condition, at, code }) =>
        `${queryInWords(setting, table)} failed: ${conditionInWords(condition)}${placeInWords(at)}${codeInWords(code)}.`,
      next: ({ condition }) => conditionAdvice(condition),
    },
  ),
  queryTooLarge: failure<Asked & { bytes?: number; limit: number }>('SegmentQueryFailed', {
    examples: [
      { bytes: 12_500_000_000, limit: 10_000_000_000 },
      { setting: 'guards.freshness', limit: 1_000_000 },
    ],
    says: ({ setting, table, bytes, limit }) =>
      `${queryInWords(setting, table)} was not run: it would process ${bytes === undefined ? 'too many bytes' : sizeInWords(bytes)}; ` +
      `maximumBytesBilled of the source is ${sizeInWords(limit)}.`,
    next: () => advise('Select fewer columns or partitions, or raise maximumBytesBilled.'),
  }),
  tableMissing: failure<{ table: string; near?: string; code?: string }>('SegmentQueryFailed', {
    examples: [
      { table: 'Shop.Customers', near: 'shop.customers', code: 'SQLSTATE 42P01' },
      { table: 'marketing.vip', code: 'MySQL error 1142' },
      { table: 'poeple', near: 'people' },
    ],
    says: ({ table, near, code }) =>
      `The segment's table ${table} does not exist, or this user has no access to it` +
      codeInWords(code) +
      `${near === undefined ? '.' : `; did you mean ${near}?`}`,
  }),
  columnNotConvertible: failure('SegmentQueryFailed', {
    examples: [{ column: 'first_name', encoding: 'WIN1252', sqlstate: '22P05' }],
    says: ({ column, encoding, sqlstate }) =>
      `Column "${column}" has values that the warehouse cannot convert from ${encoding} to UTF-8 (SQLSTATE ${sqlstate}).`,
    next: () => advise('Correct these values, or exclude the rows or the column from the segment.'),
  }),
  segmentIncomplete: failure('SourceUnavailable', always('The read of the segment did not complete.')),
  rowsNotCounted: failure('Defect', always('The number of rows was requested before the last batch.')),
  sourceLineUnfit: failure('Defect', {
    examples: [{ fields: 2, wanted: 3 }],
    says: ({ fields, wanted }) =>
      `The source sent a line with ${counted(fields, 'field')} instead of ${wanted}.`,
  }),
  queryFailed: failure<Asked & { at?: QueryPlace; sqlstate: string }>('SegmentQueryFailed', {
    examples: [
      { at: { line: 2, column: 8 }, sqlstate: '42703' },
      { table: 'marketing.vip', sqlstate: '42P01' },
      { setting: 'guards.freshness', at: 'end', sqlstate: '42601' },
      { sqlstate: '22012' },
      { setting: 'guards.assertions[0]', sqlstate: 'P0001' },
    ],
    says: ({ setting, table, at, sqlstate }) =>
      `${queryInWords(setting, table)} failed: ${conditionOf(sqlstate)}${placeInWords(at)} (SQLSTATE ${sqlstate}).`,
    next: ({ sqlstate }) => sqlstateAdvice(sqlstate),
  }),
  rowSecurityUnchecked: failure<{ sqlstate: string }>('SegmentQueryFailed', {
    examples: [{ sqlstate: '42501' }],
    says: ({ sqlstate }) =>
      "Row-level security could not be checked: EXPLAIN of the segment's query failed: " +
      `${conditionOf(sqlstate)} (SQLSTATE ${sqlstate}). ` +
      'Nothing was read, because hidden rows would look like removed members.',
    next: () =>
      advise('Run EXPLAIN with the query as the database user of the source, and fix what it reports.'),
  }),
  queryTimedOut: failure<Asked & { limit: string }>('SegmentQueryFailed', {
    examples: [{ limit: '5m' }, { setting: 'guards.freshness', limit: '5m' }],
    says: ({ setting, limit }) =>
      `${queryInWords(setting)} was canceled after ${limit}. Make it faster, or raise statementTimeout of the source.`,
  }),
  sourceGuarantees: message<{
    snapshot: 'transaction' | 'statement' | 'none';
    readOnly: 'server' | 'wrapped';
    errorPosition: 'all' | 'syntax';
    tried: boolean;
  }>({
    examples: [
      { snapshot: 'transaction', readOnly: 'server', errorPosition: 'all', tried: true },
      { snapshot: 'statement', readOnly: 'wrapped', errorPosition: 'syntax', tried: false },
      { snapshot: 'none', readOnly: 'server', errorPosition: 'all', tried: true },
    ],
    says: ({ snapshot, readOnly, errorPosition, tried }) =>
      [
        SNAPSHOTS[snapshot],
        READ_ONLY[readOnly],
        ...ERROR_POSITION[errorPosition],
        ...(tried ? [] : [NEVER_TRIED]),
      ].join('; '),
  }),
  columnsMissing: failure<{ missing: { column: string; near?: string }[]; columns: string[] }>(
    'MappingInvalid',
    {
      examples: [
        { missing: [{ column: 'teir', near: 'tier' }, { column: 'points' }], columns: ['email', 'tier'] },
      ],
      says: ({ missing, columns }) =>
        [
          ...missing.map(
            ({ column, near }) =>
              `The segment has no column "${column}"${near === undefined ? '.' : `; did you mean "${near}"?`}`,
          ),
          `Its columns are: ${columns.join(', ')}.`,
        ].join(' '),
    },
  ),
  columnAmbiguous: failure('MappingInvalid', {
    examples: [{ column: 'email', count: 2 }],
    says: ({ column, count }) =>
      `The segment's query has ${count} columns named "${column}". Give each a unique name (… as …).`,
  }),
};

function queryInWords(setting: string | undefined, table?: string): string {
  if (table !== undefined) return `The read of the segment's table ${table}`;
  return setting === undefined ? "The segment's query" : `The query in ${setting}`;
}

/** Undefined: the query was refused before it was sent. */
function codeInWords(code: string | undefined): string {
  return code === undefined ? '' : ` (${code})`;
}

function placeInWords(at: QueryPlace | undefined): string {
  if (at === undefined) return '';
  if (at === 'end') return ', at the end of the query';
  const column = at.column === undefined ? '' : `, column ${at.column}`;
  return `, at line ${at.line}${column} of the query`;
}
