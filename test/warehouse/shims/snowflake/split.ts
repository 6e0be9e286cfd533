import { pieces } from '../lexer.ts';
import { LEXICAL } from './sql.ts';

/** The statements of a text with semicolons between them; comments alone are no statement. */
export function splitStatements(sql: string): string[] {
  const statements = [{ text: '', empty: true }];
  for (const piece of pieces(sql, LEXICAL)) {
    const parts = piece.kind === 'code' ? piece.source.split(';') : [piece.source];
    parts.forEach((part, index) => {
      if (index > 0) statements.push({ text: '', empty: true });
      const last = statements.at(-1)!;
      last.text += part;
      if (piece.kind !== 'comment' && part.trim()) last.empty = false;
    });
  }
  return statements.filter(({ empty }) => !empty).map(({ text }) => text);
}
