import { connectionInWords, TLS_FAULTS, type TlsFault } from './connections.ts';
import { conditionInWords, type Condition } from './conditions.ts';
import { advise, always, failure, message } from './message.ts';
import { conditionOf } from './sqlstates.ts';
import { counted } from './words.ts';

/** Where the database found the error in a query. */
export type QueryPlace = { line: number; column: number } | 'end';

/** The setting that a query is from; undefined: the segment's query, or its table. */
export interface Asked {
  setting?: string;
  table?: string;
}

const SNAPSHOTS = {
  transaction: 'guards and segment read one state of the data',
  statement: 'each query reads one state of the data, so a guard can see an older one than the segment',
  none: 'files that change during a read can be read half old and half new',
};
const READ_ONLY = {
  server: 'the warehouse refuses writes',
  wrapped: 'give its user the right to read, and no other: only the form of our statements prevents writes',
};
const NEVER_TRIED =
  'this driver was never tried against the real service by us, only against its published protocol';

/** Messages about the warehouse. `variable` is the environment variable that holds its URL. */
export const WAREHOUSE_MESSAGES = {
  warehouseNotConfigured: failure('ConfigurationInvalid', {
    examples: [{ variable: 'WAREHOUSE_URL' }],
    says: ({ variable }) =>
      `The environment variable ${variable} is not set. Set it to the connection URL of the source, in the environment of the worker.`,
  }),
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
  }),
  warehouseBrokeOff: failure('SourceUnavailable', {
    examples: [{ sqlstate: '57P01' }],
    says: ({ sqlstate }) =>
      `The warehouse ended the connection: ${conditionOf(sqlstate)} (SQLSTATE ${sqlstate}).`,
  }),
  sourceUnreachable: failure('SourceUnavailable', {
    examples: [{ connection: 'shop.snowflakecomputing.com', code: 'ECONNREFUSED' }],
    says: ({ connection, code }) =>
      `The warehouse (${connection}) cannot be reached: ${connectionInWords(code)}.`,
  }),
  sourceLoginRefused: failure<{ connection: string; check: string[]; code: string }>('ConfigurationInvalid', {
    examples: [
      { connection: 'WAREHOUSE_URL', check: ['user', 'password', 'database'], code: 'MySQL error 1045' },
    ],
    says: ({ connection, check, code }) =>
      `The warehouse (${connection}) rejected the login (${code}). Check ${check.join(', ')}.`,
  }),
  sourceTlsRefused: failure<{ connection: string; fault: TlsFault; code: string }>('ConfigurationInvalid', {
    examples: [
      { connection: 'shop.snowflakecomputing.com', fault: 'untrusted', code: 'SELF_SIGNED_CERT_IN_CHAIN' },
    ],
    says: ({ connection, fault, code }) =>
      `The TLS connection to the warehouse (${connection}) failed: ${TLS_FAULTS[fault]} (${code}).`,
    next: ({ fault }) =>
      advise(
        fault === 'untrusted'
          ? 'Set NODE_EXTRA_CA_CERTS of the worker to a file with the certificate of the CA, and restart the worker.'
          : 'Check the host of the source, and a proxy between the worker and the warehouse.',
      ),
  }),
  sourceSettingUnusable: failure<{ connection: string; setting: string; expected: string }>(
    'ConfigurationInvalid',
    {
      examples: [
        { connection: 'WAREHOUSE_URL', setting: 'sslMode', expected: 'disable, require or verify-full' },
      ],
      says: ({ connection, setting, expected }) =>
        `${setting} of the warehouse (${connection}) cannot be used; it must be ${expected}.`,
    },
  ),
  sourceBrokeOff: failure('SourceUnavailable', {
    examples: [{ connection: 'WAREHOUSE_URL', code: 'MySQL error 1053' }],
    says: ({ connection, code }) =>
      `The warehouse (${connection}) ended the connection or the query (${code}).`,
  }),
  sourceAnswerUnreadable: failure('SourceUnavailable', {
    examples: [
      { connection: 'shop.snowflakecomputing.com', status: 502, expected: 'JSON with resultSetMetaData' },
    ],
    says: ({ connection, status, expected }) =>
      `The warehouse (${connection}) sent an answer that cannot be read (HTTP status ${status}). Expected: ${expected}.`,
  }),
  driverMissing: failure('ConfigurationInvalid', {
    examples: [{ driver: 'duckdb', library: '@duckdb/node-api' }],
    says: ({ driver, library }) =>
      `Sources with the driver ${driver} need the package ${library}, which is not installed.`,
    next: ({ library }) =>
      advise(`Run npm install ${library} where the worker is installed, and restart the worker.`),
  }),
  sourceFileUnreadable: failure('ConfigurationInvalid', {
    examples: [{ path: 'shop.duckdb', code: 'ENOENT' }],
    says: ({ path, code }) => `The worker cannot read ${path}, which the source names (${code}).`,
    next: () =>
      advise(
        'Check the path, which is relative to the project folder, and the permissions, on the machine of the worker.',
      ),
  }),
  sourceFileLocked: failure('SourceUnavailable', {
    examples: [{ file: 'shop.duckdb' }],
    says: ({ file }) => `Another program has the database file ${file} open for writing.`,
    next: () =>
      advise(
        'End that program, or let it write a copy and rename it to this file when it is complete. The run is retried.',
      ),
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
  queryRefused: failure<Asked & { condition: Condition; at?: QueryPlace; code: string }>(
    'SegmentQueryFailed',
    {
      examples: [
        { condition: 'noColumn', at: { line: 2, column: 8 }, code: 'MySQL error 1054' },
        { setting: 'guards.freshness', condition: 'severalStatements', code: 'DuckDB' },
      ],
      says: ({ setting, table, condition, at, code }) =>
        `${queryInWords(setting, table)} failed: ${conditionInWords(condition)}${placeInWords(at)} (${code}).`,
    },
  ),
  tableMissing: failure<{ table: string; near?: string; sqlstate: string }>('SegmentQueryFailed', {
    examples: [
      { table: 'Shop.Customers', near: 'shop.customers', sqlstate: '42P01' },
      { table: 'marketing.vip', sqlstate: '42P01' },
    ],
    says: ({ table, near, sqlstate }) =>
      `The segment's table ${table} does not exist, or this user has no access to it (SQLSTATE ${sqlstate})` +
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
  }),
  queryTimedOut: failure<Asked & { limit: string }>('SegmentQueryFailed', {
    examples: [{ limit: '5m' }, { setting: 'guards.freshness', limit: '5m' }],
    says: ({ setting, limit }) =>
      `${queryInWords(setting)} was canceled after ${limit}. Make it faster, or raise statementTimeout of the source.`,
  }),
  sourceGuarantees: message<{
    snapshot: 'transaction' | 'statement' | 'none';
    readOnly: 'server' | 'wrapped';
    tried: boolean;
  }>({
    examples: [
      { snapshot: 'transaction', readOnly: 'server', tried: true },
      { snapshot: 'statement', readOnly: 'wrapped', tried: false },
      { snapshot: 'none', readOnly: 'server', tried: true },
    ],
    says: ({ snapshot, readOnly, tried }) =>
      [SNAPSHOTS[snapshot], READ_ONLY[readOnly], ...(tried ? [] : [NEVER_TRIED])].join('; '),
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

function placeInWords(at: QueryPlace | undefined): string {
  if (at === undefined) return '';
  if (at === 'end') return ', at the end of the query';
  return `, at line ${at.line}, column ${at.column} of the query`;
}
