import { around, type Dialect, type Statement } from '../sql/statements.ts';
import type { SegmentRequest } from '../source.ts';
import { castOf, type Field } from './kinds.ts';

/**
 * GoogleSQL's lexer: https://cloud.google.com/bigquery/docs/reference/standard-sql/lexical. A prefix such as `r` makes
 * no difference here: a raw text cannot end after a backslash either.
 */
export const BIGQUERY: Dialect = {
  quote: (name) => `\`${name.replace(/[\\`]/g, '\\$&')}\``,
  tokens: {
    lineComments: ['--', '#'],
    nestsComments: false,
    pieces: [
      /\s+/y,
      /'''(?:[^\\]|\\[^])*?'''/y,
      /"""(?:[^\\]|\\[^])*?"""/y,
      /'(?:[^'\\]|\\[^])*'/y,
      /"(?:[^"\\]|\\[^])*"/y,
      /`(?:[^`\\]|\\[^])*`/y,
      /[\w\u0080-\uffff]+/y,
    ],
  },
};

/** The moment of the server. */
export const CLOCK: Statement = { text: 'select current_timestamp() as now', offset: 0 };

/** All columns of the segment, for a dry run, which tells its schema. */
export function describeStatement(segment: SegmentRequest['segment']): Statement {
  return around(BIGQUERY, 'select * from ', segment, '');
}

/** The first row of any query. */
export function lookStatement(query: string, setting: string): Statement {
  return around(BIGQUERY, 'select * from ', { query, setting }, ' limit 1');
}

/** The columns of the segment as texts. Their names are ours, because one may be requested twice. */
export function readStatement(segment: SegmentRequest['segment'], fields: readonly Field[]): Statement {
  const list = fields.map((field, i) => `${castOf(field, `segment.${BIGQUERY.quote(field.name)}`)} as c${i}`);
  return around(BIGQUERY, `select ${list.join(', ')} from `, segment, '');
}
