import { SqlFailure, type SqlError } from './stream.ts';
import type { Token } from '../tokens.ts';

/** Errors of DuckDB as SQL Server says them; the words come from sys.messages. */
const KNOWN: [RegExp, (found: RegExpExecArray) => Omit<SqlError, 'line'>][] = [
  [/Table with name "?([^\s"]+)"? does not exist/, ([, name]) => ({ number: 208, level: 16, message: `Invalid object name '${name}'.` })],
  [/Referenced column "([^"]+)" not found/, ([, name]) => ({ number: 207, level: 16, message: `Invalid column name '${name}'.` })],
  [/Could not convert string '([^']*)' to (\w+)/, ([, value, type]) => ({
    number: 245, level: 16, message: `Conversion failed when converting the nvarchar value '${value}' to data type ${/INT/.test(type!) ? 'int' : type!.toLowerCase()}.`,
  })],
  [/syntax error at or near "([^"]*)"/, ([, near]) => ({ number: 102, level: 15, message: `Incorrect syntax near '${near}'.` })],
  [/Invalid Input Error: (\d+) (.*)/, ([, number, message]) => ({ number: Number(number), level: 16, message: message! })],
]; // prettier-ignore

/** @param tokens of the statement, to find the line of the name that is wrong */
export function sqlError(error: unknown, tokens: Token[], lineOf: (token: Token) => number): SqlError {
  if (error instanceof SqlFailure) return error.error;
  if (!(error instanceof Error)) throw error;
  for (const [pattern, make] of KNOWN) {
    const found = pattern.exec(error.message);
    if (!found) continue;
    const wrong = tokens.find(({ text }) => text.toLowerCase() === found[1]!.toLowerCase()) ?? tokens[0]!;
    return { ...make(found), line: lineOf(wrong) };
  }
  return { number: 50000, level: 16, message: error.message, line: lineOf(tokens[0]!) };
}
