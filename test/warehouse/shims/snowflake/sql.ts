import { duckText, pieces, type Lexical } from '../lexer.ts';

/**
 * Snowflake's texts escape with a backslash, names have double quotes, `//` begins a comment.
 * https://docs.snowflake.com/en/sql-reference/data-types-text
 */
export const LEXICAL: Lexical = { texts: "'", names: '"', comments: ['--', '//'] };

/** Constructs without quotes, after the code is in upper case. */
const CONSTRUCTS: [RegExp, string][] = [
  [
    /\bTABLE\s*\(\s*GENERATOR\s*\(\s*ROWCOUNT\s*=>\s*(\d+)\s*\)\s*\)/g,
    '(SELECT SEQ__ FROM RANGE($1) G__(SEQ__))',
  ],
  [/\bSEQ[1248]\s*\(\s*\)/g, 'SEQ__'],
  [/\bNUMBER\s*\(/g, 'DECIMAL('],
  [/\bNUMBER\b/g, 'DECIMAL(38,0)'],
  [/\bTIMESTAMP_NTZ\b(\s*\(\s*\d\s*\))?(?!\s*\()/g, 'TIMESTAMP'],
  [/\bTIMESTAMP_L?TZ\b(\s*\(\s*\d\s*\))?(?!\s*\()/g, 'TIMESTAMPTZ'],
  [/\bFLOAT[48]?\b/g, 'DOUBLE'],
  [/\bCURRENT_TIMESTAMP\s*\(\s*\d?\s*\)/g, 'CURRENT_TIMESTAMP'],
];

/** What Snowflake has and DuckDB has not. */
export const SETUP = [
  'create macro iff(a, b, c) as case when a then b else c end',
  "create macro to_binary(a, f := 'HEX') as unhex(a)",
  'create macro to_varchar(a) as cast(a as varchar)',
  'create macro to_char(a) as cast(a as varchar)',
  'create macro to_number(a) as cast(a as decimal(38, 0))',
  'create macro to_double(a) as cast(a as double)',
  'create macro to_date(a) as cast(a as date)',
];

/**
 * DuckDB's statement for one of Snowflake. Code becomes upper case, as Snowflake folds names. DuckDB compares names
 * without regard to case, so lower-case letters of quoted names are marked: see {@link marked}. Lines stay lines.
 */
export function toDuck(sql: string): string {
  return pieces(sql, LEXICAL)
    .map((piece) => {
      switch (piece.kind) {
        case 'comment':
          return piece.source.replace(/^\/\//, '--');
        case 'text':
          return duckText(piece.value);
        case 'name':
          return `"${marked(piece.value).replaceAll('"', '""')}"`;
        case 'code':
          return CONSTRUCTS.reduce(
            (code, [pattern, by]) => code.replace(pattern, by),
            piece.source.toUpperCase(),
          );
      }
    })
    .join('');
}

/** A name in which each lower-case letter is a middle dot and the letter in upper case. */
const marked = (name: string) => name.replace(/[a-z]/g, (letter) => `·${letter.toUpperCase()}`);

/** The name before {@link marked}. */
export const unmarked = (name: string) =>
  name.replace(/·([A-Z])/g, (_, letter: string) => letter.toLowerCase());
