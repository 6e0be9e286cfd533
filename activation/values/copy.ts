const ESCAPES: Record<string, string> = { b: '\b', f: '\f', n: '\n', r: '\r', t: '\t', v: '\v' };

/**
 * Returns the value of a field in COPY's text format, null for `\N`. Any other escaped character means itself, as in
 * PostgreSQL. The numeric forms (`\041`, `\x21`) are not supported, because COPY TO never writes them.
 * @see https://www.postgresql.org/docs/current/sql-copy.html#SQL-COPY-FILE-FORMATS
 */
export function unescapeCopy(text: string): string | null {
  if (text === '\\N') return null;
  if (!text.includes('\\')) return text;
  return text.replace(/\\([^])/gu, (_, char: string) => ESCAPES[char] ?? char);
}

const LETTERS: Record<string, string> = {
  '\\': '\\\\',
  '\b': '\\b',
  '\f': '\\f',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '\v': '\\v',
};

/** Returns a text as a field of COPY's text format, as PostgreSQL writes it. */
export function escapeCopy(text: string): string {
  return text.replace(/[\\\b\f\n\r\t\v]/g, (char) => LETTERS[char]!);
}
