import { Failure } from '../../contract/failure.ts';
import { placeIn } from './places.ts';

/** What the lexer of a database knows besides single characters, as far as a semicolon or a comment can be in it. */
export interface Tokens {
  /** Sticky expressions (`/…/y`) of texts, quoted names, words and comments that end with their line. */
  pieces: readonly RegExp[];
  /** What a comment up to the end of its line begins with, such as `--`. */
  lineComments: readonly string[];
  /** Whether comments between slash and asterisk can be nested. */
  nestsComments: boolean;
}

/** A quote whose end is missing, so that the query is not understood. */
export const UNCLOSED = /^['"`]$/;

/**
 * Replaces the semicolon at the end of a query with a blank, whatever blanks, comments or further semicolons follow it,
 * because people paste what they tried in a console. All other characters stay in place, so error positions stay
 * correct. The databases refuse a second statement, too, but many call it a syntax error.
 * @param setting the setting with the query; undefined for the segment's
 * @throws Failure SegmentQueryFailed (a semicolon is followed by more)
 */
export function singleStatement(query: string, tokens: Tokens, setting?: string): string {
  const pieces = [...piecesOf(query, tokens)];
  if (pieces.some(({ text }) => UNCLOSED.test(text))) return query; // the database reports it
  const ending: number[] = [];
  for (const { at, text, isBlank } of pieces) {
    if (text === ';') ending.push(at);
    else if (!isBlank && ending.length > 0) {
      const place = placeIn({ text: query, query, offset: 0 }, ending[0]!);
      throw new Failure('queryRefused', { setting, condition: 'severalStatements', at: place });
    }
  }
  return ending.reduce((text, at) => `${text.slice(0, at)} ${text.slice(at + 1)}`, query);
}

/** A part of a query that its lexer would not cut. */
export interface Piece {
  at: number;
  text: string;
  /** White space or a comment. */
  isBlank: boolean;
}

/** Yields a query in pieces: texts, quoted names, words, comments, and every other character alone. */
export function* piecesOf(query: string, tokens: Tokens): Generator<Piece, void, undefined> {
  for (let at = 0; at < query.length;) {
    const length = pieceLength(query, at, tokens);
    yield { at, text: query.slice(at, at + length), isBlank: isBlank(query, at, tokens) };
    at += length;
  }
}

function isBlank(query: string, at: number, { lineComments }: Tokens): boolean {
  const isComment = (start: string) => query.startsWith(start, at);
  return /\s/.test(query[at]!) || isComment('/*') || lineComments.some(isComment);
}

function pieceLength(query: string, at: number, { pieces, lineComments, nestsComments }: Tokens): number {
  if (query.startsWith('/*', at)) return commentLength(query, at, nestsComments);
  if (lineComments.some((start) => query.startsWith(start, at))) return lineLength(query, at);
  for (const piece of pieces) {
    piece.lastIndex = at;
    const match = piece.exec(query);
    if (match) return match[0].length;
  }
  return 1;
}

function lineLength(query: string, at: number): number {
  return /[^\n\r]*/.exec(query.slice(at))![0].length;
}

function commentLength(query: string, at: number, nests: boolean): number {
  const edges = /\/\*|\*\//g;
  edges.lastIndex = at;
  let depth = 0;
  for (let edge = edges.exec(query); edge; edge = edges.exec(query)) {
    if (edge[0] === '*/') depth -= 1;
    else if (nests || depth === 0) depth += 1;
    if (depth === 0) return edges.lastIndex - at;
  }
  return query.length - at; // not closed, which the server reports
}
