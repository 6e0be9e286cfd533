import type { EngineError } from '../engine-error.ts';

/** `status` of a failed statement: an error of a statement is an answer 200 with the state FAILED. */
export interface Failure {
  error: { error_code: string; message: string };
  sql_state?: string;
}

/**
 * Error conditions and their SQLSTATE: https://docs.databricks.com/error-messages/error-classes.html. Lines count from
 * 1 and positions from 0, as in Spark's messages. In a recorded answer, a line break is before an error of syntax.
 */
export function databricksError({ kind, message, subject, position }: EngineError): Failure {
  const at = position ? `; line ${position.line} pos ${position.column}` : '';
  switch (kind) {
    case 'missingTable':
      return failure(
        '42P01',
        `[TABLE_OR_VIEW_NOT_FOUND] The table or view \`${subject}\` cannot be found.`,
        at,
      );
    case 'missingColumn':
      return failure(
        '42703',
        `[UNRESOLVED_COLUMN.WITHOUT_SUGGESTION] A column, variable, or function parameter with name \`${subject}\` cannot be resolved.`,
        at,
      );
    case 'syntax': {
      const place = position ? ` (line ${position.line}, pos ${position.column})` : '';
      return failure(
        '42601',
        `\n[PARSE_SYNTAX_ERROR] Syntax error at or near '${subject || 'end of input'}'.`,
        place,
      );
    }
    case 'value':
      return failure(
        '22018',
        `[CAST_INVALID_INPUT] The value '${subject}' of the type "STRING" cannot be cast to "INT" because it is malformed.`,
      );
    case 'forbidden':
      return failure('42501', '[INSUFFICIENT_PERMISSIONS] Insufficient privileges.');
    case 'canceled':
    case 'other':
      return { error: { error_code: 'BAD_REQUEST', message } };
  }
}

const failure = (sqlState: string, message: string, at = ''): Failure => ({
  error: { error_code: 'BAD_REQUEST', message: `${message} SQLSTATE: ${sqlState}${at}` },
  sql_state: sqlState,
});

export const tooLargeForInline = (): Failure => ({
  error: {
    error_code: 'BAD_REQUEST',
    message:
      'Inline byte limit exceeded. Statements executed with disposition=INLINE can have a result size of at most 26214400 bytes.',
  },
});
