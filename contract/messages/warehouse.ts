import { always, failure } from './message.ts';
import { conditionOf } from './sqlstates.ts';

/** Where in a query the database found its fault. */
export type QueryPlace = { line: number; column: number } | 'end';

/** The setting that a query is from; undefined: the segment's query, or its table. */
interface Asked {
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
  warehouseUrlUnusable: failure<{ variable: string; code?: string }>('ConfigurationInvalid', {
    examples: [{ variable: 'WAREHOUSE_URL' }, { variable: 'WAREHOUSE_URL', code: 'ENOENT' }],
    says: ({ variable, code }) =>
      `${variable} must hold a URL such as postgres://user:password@host:5432/database, special characters ` +
      `percent-encoded${code === undefined ? '' : ` (${code})`}.`,
  }),
  warehouseLoginRefused: failure('ConfigurationInvalid', {
    examples: [{ variable: 'WAREHOUSE_URL', sqlstate: '28P01' }],
    says: ({ variable, sqlstate }) =>
      `The warehouse refuses the login: check user, password, database and sslmode in ${variable} (SQLSTATE ${sqlstate}).`,
  }),
  warehouseUnreachable: failure('SourceUnavailable', {
    examples: [{ variable: 'WAREHOUSE_URL', error: 'ECONNREFUSED' }],
    says: ({ variable, error }) => `The warehouse (${variable}) cannot be reached: ${error}.`,
  }),
  warehouseBrokeOff: failure('SourceUnavailable', {
    examples: [{ sqlstate: '57P01' }],
    says: ({ sqlstate }) => `The warehouse broke off: ${conditionOf(sqlstate)} (SQLSTATE ${sqlstate}).`,
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
