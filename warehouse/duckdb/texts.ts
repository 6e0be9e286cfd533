import type { ColumnKind } from '../../activation/values/kinds.ts';
import { NOT_TEXT } from '../../activation/values/text.ts';

/*
 * DuckDB itself writes the texts of kinds.ts and the escapes of COPY, on its own threads: that is several times faster
 * than a second pass in the worker. test/warehouse/duckdb-texts.test.ts compares them with copy/values.ts and
 * copy/lines.ts.
 */

/**
 * An SQL expression with the text of a value as kinds.ts defines it; null stays null.
 * @param databaseType DuckDB's name of the type
 */
export function textExpression(value: string, kind: ColumnKind, databaseType = ''): string {
  switch (kind) {
    case 'boolean':
      return `case when ${value} then 't' when not ${value} then 'f' end`;
    case 'float':
      return floatExpression(value);
    case 'timestamp':
      // The shorter types have other texts; nanoseconds become microseconds.
      return `${value}::timestamp::varchar`;
    case 'timestamptz':
      // The session is in UTC. This is faster than the cast with time zones, which the infinite ones need.
      return `case when isfinite(${value}) then make_timestamp(epoch_us(${value}))::varchar || '+00' else ${value}::varchar end`;
    case 'decimal':
      // 0.50 of a DECIMAL(2,2), which has no digits before the point, is `.50` for DuckDB
      return /\((\d+),\1\)/.test(databaseType)
        ? `regexp_replace(${value}::varchar, '^-?', '\\00')`
        : `${value}::varchar`;
    default:
      return `${value}::varchar`;
  }
}

/** DuckDB writes `5.0`, `nan`, `inf` and, other than PostgreSQL, 16 digits before it changes to an exponent. */
function floatExpression(value: string): string {
  const digits = `rtrim(replace(abs(${value})::varchar, '.', ''), '0')`;
  const whole = `length(split_part(abs(${value})::varchar, '.', 1))`;
  return `case
    when isnan(${value}) then 'NaN'
    when isinf(${value}) then case when ${value} > 0 then 'Infinity' else '-Infinity' end
    when ${whole} = 16 then
      case when ${value} < 0 then '-' else '' end || ${digits}[1] ||
      case when length(${digits}) > 1 then '.' || ${digits}[2:] else '' end || 'e+15'
    when suffix(${value}::varchar, '.0') then left(${value}::varchar, -2)
    else ${value}::varchar end`;
}

/** The characters that COPY escapes, with the letters of their escapes. */
const ESCAPES: readonly (readonly [code: number, letter: string])[] = [
  [92, '\\'], // first, because the others add backslashes
  [8, 'b'],
  [9, 't'],
  [10, 'n'],
  [11, 'v'],
  [12, 'f'],
  [13, 'r'],
];

/** Only these kinds have values with characters to escape. */
export function needsEscapes(kind: ColumnKind): boolean {
  return kind === 'text' || kind === 'unsupported';
}

/** An SQL expression with a text as COPY writes it; a text with NUL is marked without it, and rejected. */
export function escapeExpression(text: string): string {
  const escaped = ESCAPES.reduce(
    (inner, [code, letter]) => `replace(${inner}, chr(${code}), '\\${letter}')`,
    `replace(${text}, chr(0), '')`,
  );
  const mark = `case when contains(${text}, chr(0)) then '${NOT_TEXT}' else '' end`;
  // Most texts need no escapes, and one look finds those that do.
  return String.raw`case when regexp_matches(${text}, '[\x00\x08-\x0d\\]') then ${escaped} || ${mark} else ${text} end`;
}
