/** A piece of SQL that is neither white space nor a comment. `start` and `end` are offsets in the text. */
export interface Token {
  kind: 'word' | 'quoted' | 'string' | 'number' | 'symbol';
  /** As written; words in lower case. */
  text: string;
  start: number;
  end: number;
}

/** One piece of text each, tried in this order. PostgreSQL 8.0 takes a backslash in a string as an escape character. */
const PIECES: [Token['kind'] | 'skip', RegExp][] = [
  ['skip', /\s+|--[^\n]*/y],
  ['string', /e?'(?:[^'\\]|''|\\[^])*'/iy],
  ['string', /\$([a-z_]*)\$[^]*?\$\1\$/iy],
  ['quoted', /"(?:[^"]|"")*"/y],
  ['word', /[a-z_\u0080-\uffff][a-z0-9_$\u0080-\uffff]*/iy],
  ['number', /\d+(?:\.\d*)?(?:e[+-]?\d+)?/iy],
  ['symbol', /::|[^]/y],
];

/** Splits SQL into tokens. Text that is not closed, such as a string, becomes symbols, which the server refuses. */
export function tokensOf(sql: string): Token[] {
  const tokens: Token[] = [];
  for (let at = 0; at < sql.length;) {
    const comment = endOfComment(sql, at);
    if (comment !== undefined) {
      at = comment;
      continue;
    }
    for (const [kind, piece] of PIECES) {
      piece.lastIndex = at;
      const found = piece.exec(sql)?.[0];
      if (found === undefined) continue;
      const text = kind === 'word' ? found.toLowerCase() : found;
      if (kind !== 'skip') tokens.push({ kind, text, start: at, end: at + found.length });
      at += found.length;
      break;
    }
  }
  return tokens;
}

/** Where a block comment ends that starts here; block comments can be nested. */
function endOfComment(sql: string, start: number): number | undefined {
  if (!sql.startsWith('/*', start)) return undefined;
  const mark = /\/\*|\*\//g;
  mark.lastIndex = start;
  let depth = 0;
  for (let found = mark.exec(sql); found; found = mark.exec(sql)) {
    depth += found[0] === '/*' ? 1 : -1;
    if (depth === 0) return found.index + 2;
  }
  return sql.length;
}

/** The statements of a text, without their semicolons and without empty ones. */
export function statementsOf(sql: string): Token[][] {
  const statements: Token[][] = [[]];
  for (const token of tokensOf(sql)) {
    if (token.text === ';') statements.push([]);
    else statements.at(-1)!.push(token);
  }
  return statements.filter((tokens) => tokens.length > 0);
}
