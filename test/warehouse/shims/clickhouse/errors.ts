/** An error as ClickHouse tells it: its number, its name and its text. */
export class ClickHouseError extends Error {
  readonly code: number;
  readonly title: string;

  constructor(code: number, title: string, message: string) {
    super(message);
    this.code = code;
    this.title = title;
  }

  /** The text in a body. */
  get text(): string {
    return `Code: ${this.code}. DB::Exception: ${this.message}. (${this.title}) (version 26.9.2.1 (official build))`;
  }

  /** Like `exceptionCodeToHTTPStatus` of the server. */
  get status(): number {
    if ([60, 81].includes(this.code)) return 404;
    if ([6, 36, 43, 46, 47, 62, 69].includes(this.code)) return 400;
    return [164, 193, 497, 516].includes(this.code) ? 403 : 500;
  }
}

/** What DuckDB says, and what ClickHouse would. */
const MEANINGS: [RegExp, number, string][] = [
  [/^Catalog Error: Table .* does not exist/, 60, 'UNKNOWN_TABLE'],
  [/^Catalog Error: (Scalar|Table) Function .* does not exist/, 46, 'UNKNOWN_FUNCTION'],
  [/^Binder Error: Referenced column/, 47, 'UNKNOWN_IDENTIFIER'],
  [/^Conversion Error/, 6, 'CANNOT_PARSE_TEXT'],
  [/^Out of Range Error/, 69, 'ARGUMENT_OUT_OF_BOUND'],
  [/^(Binder|Catalog) Error/, 43, 'ILLEGAL_TYPE_OF_ARGUMENT'],
];

/** @param sql the text of the client, for the position of an error of syntax */
export function errorOf(error: unknown, sql: string): ClickHouseError {
  if (error instanceof ClickHouseError) return error;
  const message = (error instanceof Error ? error.message : String(error)).split('\n')[0]!;
  if (message.startsWith('INTERRUPT'))
    return new ClickHouseError(394, 'QUERY_WAS_CANCELLED', 'Query was cancelled');
  if (message.startsWith('Parser Error')) return syntaxError(message, sql);
  const [, code, title] = MEANINGS.find(([pattern]) => pattern.test(message)) ?? [/./, 1001, 'STD_EXCEPTION'];
  return new ClickHouseError(code, title, message);
}

/** ClickHouse counts the bytes of the statement from 1. */
function syntaxError(message: string, sql: string): ClickHouseError {
  const near = /at or near "(.*)"/.exec(message)?.[1];
  const at = near === undefined ? sql.length : sql.lastIndexOf(near);
  const position = Buffer.byteLength(sql.slice(0, at)) + 1;
  const token = near ?? 'end of query';
  return new ClickHouseError(
    62,
    'SYNTAX_ERROR',
    `Syntax error: failed at position ${position} (${token}): ${token}`,
  );
}
