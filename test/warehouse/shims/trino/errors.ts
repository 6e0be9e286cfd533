/** An error as Trino tells it. */
export class TrinoError extends Error {
  readonly title: string;
  readonly type: string;
  readonly location?: { lineNumber: number; columnNumber: number };

  constructor(title: string, message: string, type = 'USER_ERROR', location?: TrinoError['location']) {
    super(message);
    this.title = title;
    this.type = type;
    this.location = location;
  }

  /** The `error` of an answer. */
  get json(): object {
    const { message, title, type, location } = this;
    const failureInfo = { type: 'io.trino.spi.TrinoException', message, suppressed: [], stack: [] };
    return { message, errorCode: 1, errorName: title, errorType: type, errorLocation: location, failureInfo };
  }
}

/** What DuckDB says, and what Trino would. The group is the name with a place. */
const MEANINGS: [RegExp, string][] = [
  [/^Catalog Error: Table with name (\S+) does not exist/, 'TABLE_NOT_FOUND'],
  [/^Catalog Error: .*Function with name (\S+) does not exist/, 'FUNCTION_NOT_FOUND'],
  [/^Binder Error: Referenced column "(.+?)" not found/, 'COLUMN_NOT_FOUND'],
  [/^Parser Error: .*at or near "(.*)"/, 'SYNTAX_ERROR'],
  [/^Parser Error/, 'SYNTAX_ERROR'],
  [/^Conversion Error/, 'INVALID_CAST_ARGUMENT'],
  [/^Out of Range Error/, 'NUMERIC_VALUE_OUT_OF_RANGE'],
];

/** @param sql the statement, for the place of the error */
export function errorOf(error: unknown, sql: string): TrinoError {
  if (error instanceof TrinoError) return error;
  const message = (error instanceof Error ? error.message : String(error)).split('\n')[0]!;
  for (const [pattern, title] of MEANINGS) {
    const found = pattern.exec(message);
    if (found) return new TrinoError(title, message, 'USER_ERROR', placeOf(sql, title, found[1]));
  }
  return new TrinoError('GENERIC_INTERNAL_ERROR', message, 'INTERNAL_ERROR');
}

function placeOf(sql: string, title: string, name: string | undefined): TrinoError['location'] {
  if (name === undefined && title !== 'SYNTAX_ERROR') return undefined;
  const lines = sql.slice(0, name === undefined ? sql.length : sql.lastIndexOf(name)).split('\n');
  return { lineNumber: lines.length, columnNumber: [...lines.at(-1)!].length + 1 };
}
