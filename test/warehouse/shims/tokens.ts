/** A piece of SQL that is neither white space nor a comment. `start` and `end` are offsets in the text. */
export interface Token {
  kind: 'word' | 'quoted' | 'string' | 'number' | 'symbol';
  /** As written, or as the dialect's `textOf` returns it; words in lower case. */
  text: string;
  start: number;
  end: number;
}

/** One piece of text each, tried in this order. */
export type Pieces = [Token['kind'] | 'skip', RegExp][];

/**
 * Splits SQL with nested block comments into tokens. Text that is not closed, such as a string, becomes symbols, which the
 * server refuses.
 */
export function tokensOf(
  sql: string,
  pieces: Pieces,
  textOf: (kind: Token['kind'], found: string) => string = (_, found) => found,
): Token[] {
  const tokens: Token[] = [];
  for (let at = 0; at < sql.length;) {
    if (sql.startsWith('/*', at)) {
      at = endOfComment(sql, at);
      continue;
    }
    for (const [kind, piece] of pieces) {
      piece.lastIndex = at;
      const found = piece.exec(sql)?.[0];
      if (found === undefined) continue;
      const [start, end] = [at, at + found.length];
      const text = kind === 'word' ? found.toLowerCase() : found;
      if (kind !== 'skip') tokens.push({ kind, text: textOf(kind, text), start, end });
      at = end;
      break;
    }
  }
  return tokens;
}

function endOfComment(sql: string, start: number): number {
  const mark = /\/\*|\*\//g;
  mark.lastIndex = start;
  let depth = 0;
  for (let found = mark.exec(sql); found; found = mark.exec(sql)) {
    depth += found[0] === '/*' ? 1 : -1;
    if (depth === 0) return found.index + 2;
  }
  return sql.length;
}
