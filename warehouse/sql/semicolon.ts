/**
 * The tokens of PostgreSQL's lexer that may contain a semicolon: blanks, comments, texts, quoted names. `/*` comments
 * can be nested.
 */
const PIECES = [
  /\s+/y,
  /--[^\n\r]*/y,
  /[eE]'(?:[^'\\]|\\[^]|'')*'/y,
  /'[^']*'/y, // a doubled quote ends one text and begins the next, which makes no difference
  /"[^"]*"/y,
  /\$((?:[A-Za-z_\u0080-\uffff][\w\u0080-\uffff]*)?)\$[^]*?\$\1\$/y,
  /[\w$\u0080-\uffff]+/y, // a word, so that neither its last letter nor a `$` in it begins another token
];

/**
 * Replaces the semicolon at the end of a query with a blank, whatever blanks, comments or further semicolons follow it,
 * because people paste what they tried in psql. All other characters stay in place, so error positions stay correct.
 * The server refuses a semicolon elsewhere.
 */
export function withoutFinalSemicolon(query: string): string {
  let ending: number[] = [];
  for (let at = 0; at < query.length;) {
    const length = pieceLength(query, at);
    if (query[at] === ';') ending.push(at);
    else if (!isBlank(query, at)) ending = [];
    at += length;
  }
  return ending.reduce((text, at) => `${text.slice(0, at)} ${text.slice(at + 1)}`, query);
}

function isBlank(query: string, at: number): boolean {
  return /\s/.test(query[at]!) || query.startsWith('--', at) || query.startsWith('/*', at);
}

function pieceLength(query: string, at: number): number {
  if (query.startsWith('/*', at)) return commentLength(query, at);
  for (const piece of PIECES) {
    piece.lastIndex = at;
    const match = piece.exec(query);
    if (match) return match[0].length;
  }
  return 1;
}

function commentLength(query: string, at: number): number {
  const edges = /\/\*|\*\//g;
  edges.lastIndex = at;
  let depth = 0;
  for (let edge = edges.exec(query); edge; edge = edges.exec(query)) {
    depth += edge[0] === '/*' ? 1 : -1;
    if (depth === 0) return edges.lastIndex - at;
  }
  return query.length - at; // not closed, which the server reports
}
