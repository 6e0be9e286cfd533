import { always, failure } from './message.ts';
import { conditionOf } from './sqlstates.ts';

/** Where in a query the database found its fault. */
export type QueryPlace = { line: number; column: number } | 'end';

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
  queryFailed: failure<{ subject: string; at?: QueryPlace; sqlstate: string }>('SegmentQueryFailed', {
    examples: [
      { subject: "The segment's query", at: { line: 2, column: 8 }, sqlstate: '42703' },
      { subject: 'The query of guards.freshness', at: 'end', sqlstate: '42601' },
      { subject: "The segment's query", sqlstate: '22012' },
    ],
    says: ({ subject, at, sqlstate }) =>
      `${subject} failed: ${conditionOf(sqlstate)}${placeInWords(at)} (SQLSTATE ${sqlstate}).`,
  }),
  queryTimedOut: failure('SegmentQueryFailed', {
    examples: [{ subject: "The segment's query", limit: '5m' }],
    says: ({ subject, limit }) =>
      `${subject} was cancelled after ${limit}: make it faster, or raise statementTimeout of the source.`,
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

function placeInWords(at: QueryPlace | undefined): string {
  if (at === undefined) return '';
  if (at === 'end') return ', at the end of the query';
  return `, at line ${at.line}, column ${at.column} of the query`;
}
