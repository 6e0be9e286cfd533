import { readerName, type Reader } from '../source.ts';

/** Fixed, so that the same value gives the same text, whatever the user's profile says. */
const PINNED = {
  readonly: '2', // reads only, and the settings of this request
  session_timezone: 'UTC',
  date_time_output_format: 'iso', // in UTC, whatever the time zone of a column
  bool_true_representation: 't',
  bool_false_representation: 'f',
  output_format_decimal_trailing_zeros: '1',
  format_tsv_null_representation: String.raw`\N`,
  output_format_tsv_crlf_end_of_line: '0',
  extremes: '0',
  limit: '0',
  offset: '0',
  http_write_exception_in_output_format: '0',
  send_progress_in_http_headers: '0',
  enable_http_compression: '0',
  cancel_http_readonly_queries_on_client_close: '1',
  skip_unavailable_shards: '0', // otherwise the rows of a server that is down would be missing without an error
};

/** A limit of the profile that is reached is an error: with `break`, rows would be missing and nothing would tell. */
const OVERFLOWS = ['read', 'result', 'timeout', 'sort', 'group_by', 'set', 'join', 'transfer', 'distinct'];
const LEAVES = ['read', 'timeout'];
const THROWING = Object.fromEntries([
  ...OVERFLOWS.map((name) => [`${name}_overflow_mode`, 'throw'] as const),
  ...LEAVES.map((name) => [`${name}_overflow_mode_leaf`, 'throw'] as const),
]);

/** The names of the settings of every request, for errors about them. */
export const OURS: readonly string[] = [
  ...Object.keys(PINNED),
  ...Object.keys(THROWING),
  'max_execution_time',
  'http_send_timeout',
  'log_comment',
  'format_template_row_format',
  'format_template_rows_between_delimiter',
  'format_template_resultset_format',
];

/** Parameters of a URL that change the statement, the bytes of its answer, or digits of its values. */
export const UNUSABLE = [
  'query',
  'decompress',
  'compress',
  'output_format',
  'output_format_float_precision',
  'output_format_always_write_decimal_point_in_float_and_decimal',
  'format_template_row',
  'format_template_resultset',
];

/**
 * Returns the settings of a request.
 * @param own of the URL; ours have precedence
 * @param statementTimeout in milliseconds. The server counts the time in which nobody reads its rows, too.
 */
export function settingsOf({
  own,
  reader,
  statementTimeout,
}: {
  own: ReadonlyMap<string, string>;
  reader: Reader;
  statementTimeout: number;
}): Record<string, string> {
  const seconds = String(statementTimeout / 1000);
  return {
    ...Object.fromEntries(own),
    ...PINNED,
    ...THROWING,
    max_execution_time: seconds,
    // a reader that pauses is not a client that is lost
    http_send_timeout: String(Math.ceil(statementTimeout / 1000)),
    log_comment: readerName(reader),
  };
}
