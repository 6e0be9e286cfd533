/** What went wrong, in terms that both dialects have a message for. */
type EngineErrorKind =
  'syntax' | 'missingTable' | 'missingColumn' | 'value' | 'canceled' | 'forbidden' | 'other';

/** A failed statement. */
export class EngineError extends Error {
  readonly kind: EngineErrorKind;
  /** The table, column, word or value that the error is about. */
  readonly subject: string;
  /** Where it is in the statement: the line from 1, the column from 0. */
  readonly position: { line: number; column: number } | undefined;

  constructor(
    kind: EngineErrorKind,
    message: string,
    subject = '',
    position?: { line: number; column: number },
  ) {
    super(message);
    this.kind = kind;
    this.subject = subject;
    this.position = position;
  }
}

/** DuckDB's messages (1.5), with the subject as their first group. */
const KINDS: [RegExp, EngineErrorKind][] = [
  [/INTERRUPT Error/i, 'canceled'],
  [/Table with name ([^!]+?) does not exist/, 'missingTable'],
  [/Referenced column "([^"]+)" (?:not found|was not found)/, 'missingColumn'],
  [/Referenced table "([^"]+)" not found/, 'missingColumn'],
  [/Parser Error: syntax error at or near "([^"]*)"/, 'syntax'],
  [/Parser Error: syntax error at end of input()/, 'syntax'],
  [/Parser Error()/, 'syntax'],
  [/Conversion Error: Could not convert string ['"]([^'"]*)['"]/, 'value'],
  [/(?:Conversion|Out of Range) Error: (.*)/, 'value'],
];

/** Translates an error of DuckDB; other errors become `other`. */
export function engineError(error: unknown, sql: string): EngineError {
  if (error instanceof EngineError) return error;
  const message = error instanceof Error ? error.message : String(error);
  const [pattern, kind] = KINDS.find(([candidate]) => candidate.test(message)) ?? [/^()/, 'other' as const];
  return new EngineError(kind, message, pattern.exec(message)?.[1] ?? '', positionOf(message, sql));
}

/** DuckDB shows a part of the line (`LINE 2: ...text...`), and a caret below it. */
function positionOf(message: string, sql: string): { line: number; column: number } | undefined {
  const found = /LINE (\d+): (.*)\n( *)\^/.exec(message);
  if (!found) return undefined;
  const [, line, shown, blanks] = found;
  const before = `LINE ${line}: `.length;
  const skipped = shown!.startsWith('...') ? 3 : 0;
  const part = shown!.slice(skipped).replace(/\.\.\.$/, '');
  const start = (sql.split('\n')[Number(line) - 1] ?? '').indexOf(part);
  return { line: Number(line), column: Math.max(0, start) + blanks!.length - before - skipped };
}
