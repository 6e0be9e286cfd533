import { connectionInWords } from './connections.ts';
import { advise, always, failure } from './message.ts';
import { conditionOf } from './sqlstates.ts';

/** Where in a query the database found its fault. */
export type QueryPlace = { line: number; column: number } | 'end';

/** The setting that a query is from; undefined: the segment's query, or its table. */
export interface Asked {
  setting?: string;
  table?: string;
}

/** What is said of the warehouse and its answers. `variable` is the environment variable that holds its URL. */
export const WAREHOUSE_MESSAGES = {
  warehouseNotConfigured: failure('ConfigurationInvalid', {
    examples: [{ variable: 'WAREHOUSE_URL' }],
    says: ({ variable }) =>
      `The environment variable ${variable} is not set: it must hold the connection URL of the source. Set it where the worker runs.`,
  }),
  warehouseLoginRefused: failure('ConfigurationInvalid', {
    examples: [{ variable: 'WAREHOUSE_URL', sqlstate: '28P01' }],
    says: ({ variable, sqlstate }) =>
      `The warehouse refuses the login: check user, password, database and sslmode in ${variable} (SQLSTATE ${sqlstate}).`,
  }),
  warehousePasswordUnusable: failure('ConfigurationInvalid', {
    examples: [{ variable: 'WAREHOUSE_URL' }],
    says: ({ variable }) =>
      `The warehouse asks for a password that ${variable} does not hold, or cannot use it.`,
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
    says: ({ sqlstate }) => `The warehouse broke off: ${conditionOf(sqlstate)} (SQLSTATE ${sqlstate}).`,
  }),
  tableMissing: failure<{ table: string; near?: string; sqlstate: string }>('SegmentQueryFailed', {
    examples: [
      { table: 'Shop.Customers', near: 'shop.customers', sqlstate: '42P01' },
      { table: 'marketing.vip', sqlstate: '42P01' },
    ],
    says: ({ table, near, sqlstate }) =>
      `The segment's table ${table} does not exist, or this user may not see it (SQLSTATE ${sqlstate})` +
      `${near === undefined ? '.' : `; did you mean ${near}?`}`,
  }),
  columnNotConvertible: failure('SegmentQueryFailed', {
    examples: [{ column: 'first_name', encoding: 'WIN1252', sqlstate: '22P05' }],
    says: ({ column, encoding, sqlstate }) =>
      `The column "${column}" has values that the warehouse cannot convert from ${encoding} to UTF-8 (SQLSTATE ${sqlstate}).`,
    next: () => advise('Correct these values, or leave their rows or the column out of the segment.'),
  }),
  segmentIncomplete: failure(
    'SourceUnavailable',
    always('The warehouse did not complete the read of the segment.'),
  ),
  rowsNotCounted: failure('Defect', always('The number of rows is known only after the last batch.')),
  sourceLineUnfit: failure('Defect', {
    examples: [{ fields: 2, wanted: 3 }],
    says: ({ fields, wanted }) => `The source sent a line of ${fields} fields instead of ${wanted}.`,
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
      `${queryInWords(setting)} was cancelled after ${limit}: make it faster, or raise statementTimeout of the source.`,
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
          `It has: ${columns.join(', ')}.`,
        ].join(' '),
    },
  ),
  columnAmbiguous: failure('MappingInvalid', {
    examples: [{ column: 'email', count: 2 }],
    says: ({ column, count }) =>
      `The segment's query has ${count} columns named "${column}": give each a name of its own (… as …).`,
  }),
};

function queryInWords(setting: string | undefined, table?: string): string {
  if (table !== undefined) return `The read of the segment's table ${table}`;
  return setting === undefined ? "The segment's query" : `The query of ${setting}`;
}

function placeInWords(at: QueryPlace | undefined): string {
  if (at === undefined) return '';
  if (at === 'end') return ', at the end of the query';
  return `, at line ${at.line}, column ${at.column} of the query`;
}
