import type { Token } from './lexer.ts';
import { wordsOf } from './translate.ts';

/**
 * `statistics.query.statementType`:
 * https://cloud.google.com/bigquery/docs/reference/rest/v2/Job#JobStatistics2.FIELDS.statement_type
 */
export function statementTypeOf(tokens: Token[]): string {
  const words = wordsOf(tokens);
  const first = words[0]?.toUpperCase() ?? 'SELECT';
  if (/^(INSERT|UPDATE|DELETE|MERGE|CALL|ASSERT)$/.test(first)) return first;
  if (/^(CREATE|DROP|ALTER|TRUNCATE)$/.test(first)) {
    const object = /^(table|view|schema|function|procedure)$/;
    const kind = words.find((word) => object.test(word))?.toUpperCase() ?? 'TABLE';
    const filled = first === 'CREATE' && kind === 'TABLE' && words.includes('select');
    return `${first}_${kind}${filled ? '_AS_SELECT' : ''}`;
  }
  return 'SELECT'; // also WITH, and a parenthesis
}
