/** What PostgreSQL's lexer reads as one piece: blanks, comments, texts, quoted names; `/*` comments can be nested. */
const PIECES = [
  /\s+/y,
  /--[^\n\r]*/y,
  /[eE]'(?:[^'\\]|\\[^]|'')*'/y,
  /'[^']*'/y, // a doubled quote ends one text and begins the next: no matter
  /"[^"]*"/y,
  /\$((?:[A-Za-z_\u0080-\uffff][\w\u0080-\uffff]*)?)\$[^]*?\$\1\$/y,
  /[\w$\u0080-\uffff]+/y, // a word: so that neither its last letter nor a `$` in it begins another piece
];

/**
 * The query with a semicolon at its end made blank, however many blanks, comments or further semicolons follow it:
 * people paste what they tried in psql. Every other character stays, and stays where it is, so that error positions
 * hold. A semicolon elsewhere is left for the server to refuse.
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
  return query.length - at; // never closed: the server says so
}
