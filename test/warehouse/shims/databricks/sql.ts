import { duckText, pieces, type Lexical } from '../lexer.ts';

/**
 * Texts have single or double quotes and escape with a backslash, names have backticks:
 * https://docs.databricks.com/sql/language-manual/data-types/string-type.html
 * https://docs.databricks.com/sql/language-manual/sql-ref-identifiers.html
 */
export const LEXICAL: Lexical = { texts: `'"`, names: '`', comments: ['--'] };

/** Constructs without quotes. `range(n)` has the column `id`, as in the documentation of table-valued functions. */
const CONSTRUCTS: [RegExp, string][] = [
  [/\brange\s*\(\s*(\d+(?:\s*,\s*\d+)?)\s*\)/gi, '(select id from range($1) g__(id))'],
  [/\bexplode\s*\(\s*sequence\s*\(\s*(\d+)\s*,\s*(\d+)\s*\)\s*\)/gi, 'unnest(generate_series($1, $2))'],
  [/\btimestamp_ntz\b/gi, 'timestamp__ntz'],
  [/\btimestamp(_ltz)?\b(?!\s*\()/gi, 'timestamptz'],
  [/\btimestamp__ntz\b/g, 'timestamp'],
  [/\blong\b/gi, 'bigint'],
  [/\bbyte\b/gi, 'tinyint'],
  [/\bcurrent_timestamp\s*\(\s*\)/gi, 'current_timestamp'],
];

/** What Databricks has and DuckDB has not. */
export const SETUP = ['create macro rand() as random()', 'create macro nvl(a, b) as coalesce(a, b)'];

/** A parameter of a statement; without a value it is NULL. */
export interface Parameter {
  name: string;
  value?: string | null;
  type?: string;
}

/** DuckDB's statement for one of Databricks. Lines stay lines. */
export function toDuck(sql: string, parameters: Parameter[] = []): string {
  return pieces(sql, LEXICAL)
    .map((piece) => {
      switch (piece.kind) {
        case 'comment':
          return piece.source;
        case 'text':
          return duckText(piece.value);
        case 'name':
          return `"${piece.value.replaceAll('"', '""')}"`;
        case 'code':
          return withParameters(
            CONSTRUCTS.reduce((code, [pattern, by]) => code.replace(pattern, by), piece.source),
            parameters,
          );
      }
    })
    .join('');
}

/** Puts values for markers `:name`; a value has the type STRING if none is given. */
function withParameters(code: string, parameters: Parameter[]): string {
  return code.replace(/(?<!:):([A-Za-z_]\w*)/g, (marker, name: string) => {
    const found = parameters.find((parameter) => parameter.name === name);
    if (!found) return marker;
    const { value, type = 'STRING' } = found;
    const text = value === undefined || value === null ? 'null' : duckText(value);
    return `cast(${text} as ${toDuck(type)})`;
  });
}
