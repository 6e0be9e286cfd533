import { tokensOf, type Pieces, type Token } from '../tokens.ts';

/** PostgreSQL 8.0 takes a backslash in a string as an escape character. */
const PIECES: Pieces = [
  ['skip', /\s+|--[^\n]*/y],
  ['string', /e?'(?:[^'\\]|''|\\[^])*'/iy],
  ['string', /\$([a-z_]*)\$[^]*?\$\1\$/iy],
  ['quoted', /"(?:[^"]|"")*"/y],
  ['word', /[a-z_\u0080-\uffff][a-z0-9_$\u0080-\uffff]*/iy],
  ['number', /\d+(?:\.\d*)?(?:e[+-]?\d+)?/iy],
  ['symbol', /::|[^]/y],
];

/** The statements of a text, without their semicolons and without empty ones. */
export function statementsOf(sql: string): Token[][] {
  const statements: Token[][] = [[]];
  for (const token of tokensOf(sql, PIECES)) {
    if (token.text === ';') statements.push([]);
    else statements.at(-1)!.push(token);
  }
  return statements.filter((tokens) => tokens.length > 0);
}
