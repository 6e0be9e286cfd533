/** How a dialect writes texts, names and comments. */
export interface Lexical {
  /** Quotes of texts in which a backslash escapes. */
  texts: string;
  /** Quotes of names, doubled inside. */
  names: string;
  /** Beginnings of comments to the end of the line. */
  comments: string[];
}

/** A piece of a statement. `value` of a text or name is without quotes and escapes. */
export type Piece =
  { kind: 'code' | 'comment'; source: string } | { kind: 'text' | 'name'; source: string; value: string };

const ESCAPES: Record<string, string> = { n: '\n', t: '\t', r: '\r', b: '\b', f: '\f', '0': '\0' };

/** Splits a statement; pieces that do not end go to its end. */
export function pieces(sql: string, { texts, names, comments }: Lexical): Piece[] {
  const found: Piece[] = [];
  let at = 0;
  let code = '';
  const take = (piece: Piece) => {
    if (code) found.push({ kind: 'code', source: code });
    code = '';
    found.push(piece);
    at += piece.source.length;
  };
  while (at < sql.length) {
    const rest = sql.slice(at, at + 2);
    if (comments.some((start) => rest.startsWith(start))) {
      take({ kind: 'comment', source: /^[^\n]*/.exec(sql.slice(at))![0] });
    } else if (rest === '/*') {
      const end = sql.indexOf('*/', at + 2);
      take({ kind: 'comment', source: sql.slice(at, end < 0 ? sql.length : end + 2) });
    } else if (texts.includes(rest[0]!)) take(quotedPiece('text', sql, at));
    else if (names.includes(rest[0]!)) take(quotedPiece('name', sql, at));
    else {
      code += sql[at];
      at += 1;
    }
  }
  if (code) found.push({ kind: 'code', source: code });
  return found;
}

function quotedPiece(kind: 'text' | 'name', sql: string, start: number): Piece {
  const quote = sql[start]!;
  let value = '';
  let at = start + 1;
  for (; at < sql.length; at += 1) {
    const char = sql[at]!;
    if (kind === 'text' && char === '\\') {
      at += 1;
      const escaped = sql[at] ?? '';
      value += ESCAPES[escaped] ?? escaped;
    } else if (char === quote && sql[at + 1] === quote) {
      value += quote;
      at += 1;
    } else if (char === quote) break;
    else value += char;
  }
  return { kind, source: sql.slice(start, at + 1), value };
}

/** A text of DuckDB on one line. */
export function duckText(value: string): string {
  const parts = value.split('\0').map((part) => {
    const escaped = part
      .replaceAll('\\', '\\\\')
      .replaceAll("'", "''")
      .replaceAll('\n', '\\n')
      .replaceAll('\r', '\\r')
      .replaceAll('\t', '\\t');
    return escaped === part ? `'${part}'` : `E'${escaped}'`;
  });
  return parts.length === 1 ? parts[0]! : `(${parts.join(' || chr(0) || ')})`;
}
