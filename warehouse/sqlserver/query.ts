import { piecesOf, singleStatement, UNCLOSED, type Piece, type Tokens } from '../sql/semicolon.ts';
import { aliases, quoted, type Selection, type Statement } from '../sql/statements.ts';
import type { Condition } from '../../contract/messages/conditions.ts';

/** https://learn.microsoft.com/en-us/sql/relational-databases/databases/database-identifiers */
const TOKENS: Tokens = {
  lineComments: ['--'],
  nestsComments: true,
  pieces: [/\s+/y, /'(?:[^']|'')*'/y, /"(?:[^"]|"")*"/y, /\[(?:[^\]]|\]\])*\]/y, /[\w@#$\u0080-\uffff]+/y],
};

/** A segment in the two parts that a statement needs apart: T-SQL allows no WITH in a derived table. */
export interface Query {
  /** `with a as (…), b as (…) `; empty without one. */
  with: string;
  /** The SELECT, in its parentheses, or the quoted name of the table. */
  from: string;
  /** `segment`, or with the names of its columns: `segment (c0, c1)`. */
  alias: string;
  /** What the user wrote. */
  query?: string;
  table?: string;
  setting?: string;
}

/** A query that is refused before it is sent. */
interface Refused {
  condition: Condition;
  /** The UTF-16 units before what is refused. */
  at: number;
}

export function quote(name: string): string {
  return `[${name.replaceAll(']', ']]')}]`;
}

/**
 * Splits a segment for its statements; all line breaks stay, so that the server's line numbers are those of the user.
 * @throws Failure SegmentQueryFailed (it has several statements)
 */
export function queryOf({ query, table = '', setting }: Selection): Query {
  if (query === undefined)
    return { with: '', from: table.split('.').map(quote).join('.'), alias: 'segment', table };
  const text = singleStatement(withoutLeadingSemicolon(query), TOKENS, setting);
  const at = endOfWith(solid(text));
  // the line break ends a comment on the query's last line
  return { with: text.slice(0, at), from: `(${text.slice(at)}\n)`, alias: 'segment', query: text, setting };
}

/** Puts a segment into a statement. The server tells lines only, so `offset` is not used. */
export function statementOf(segment: Query, list: string): Statement {
  const text = `${segment.with}select ${list} from ${segment.from} ${segment.alias}`;
  const { query, table, setting } = segment;
  return { text, query, table, offset: 0, setting };
}

/** Asks for the columns of a query whose expressions may have no names. */
export function describeStatement({ query = '' }: Query): string {
  return `exec sp_describe_first_result_set N${quoted(query, "'")}`;
}

/** The same query with a name for each of its columns: c0, c1 and so on. */
export function withNames(query: Query, columns: number): Query {
  return { ...query, alias: `segment ${aliases(columns)}` };
}

/**
 * Finds what would leave the derived table, or what the server would refuse with an error that is hard to understand.
 * T-SQL needs no semicolon between statements, so parentheses are counted, too.
 */
export function refusalOf({ query }: Query): Refused | undefined {
  if (query === undefined) return undefined;
  const pieces = solid(query);
  let depth = 0;
  for (const { text, at } of pieces) {
    if (UNCLOSED.test(text) || text === '[') return { condition: 'syntax', at };
    if (text === '(') depth += 1;
    else if (text === ')' && --depth < 0) return { condition: 'severalStatements', at };
    else if (/^go$/i.test(text) && isAlone(query, at)) return { condition: 'batchSeparator', at };
  }
  if (depth > 0) return { condition: 'syntax', at: query.length };
  const outer = atTop(pieces);
  const order = outer.findIndex(({ text }, i) => isWord(text, 'order') && isWord(outer[i + 1]?.text, 'by'));
  if (order < 0) return undefined;
  const words = outer.map(({ text }) => text);
  const isAllowed =
    words.slice(order).some((word) => isWord(word, 'offset') || isWord(word, 'for')) ||
    words.some((word, i) => isWord(word, 'top') && /^(select|distinct|all)$/i.test(words[i - 1] ?? ''));
  return isAllowed ? undefined : { condition: 'bareOrderBy', at: outer[order]!.at };
}

function solid(query: string): Piece[] {
  return [...piecesOf(query, TOKENS)].filter(({ isBlank }) => !isBlank);
}

function atTop(pieces: Piece[]): Piece[] {
  let depth = 0;
  return pieces.filter(({ text }) => {
    if (text === ')') depth -= 1;
    const isOutside = depth === 0;
    if (text === '(') depth += 1;
    return isOutside;
  });
}

function isWord(text: string | undefined, word: string): boolean {
  return text?.toLowerCase() === word;
}

/** Many people write `;with`, so that nothing before it has to end with a semicolon. */
function withoutLeadingSemicolon(query: string): string {
  const [first] = solid(query);
  return first?.text === ';' ? `${query.slice(0, first.at)} ${query.slice(first.at + 1)}` : query;
}

/** Returns where the list of CTEs ends, and its SELECT begins; 0 without a list, or one that is not understood. */
function endOfWith(pieces: Piece[]): number {
  if (!isWord(pieces[0]?.text, 'with')) return 0;
  for (let i = 1; ; i++) {
    i += 1; // the name
    if (pieces[i]?.text === '(') i = closing(pieces, i) + 1; // its columns
    if (!isWord(pieces[i]?.text, 'as') || pieces[i + 1]?.text !== '(') return 0;
    i = closing(pieces, i + 1) + 1;
    if (pieces[i] === undefined) return 0;
    if (pieces[i]!.text !== ',') return pieces[i]!.at;
  }
}

function closing(pieces: Piece[], open: number): number {
  let depth = 0;
  for (let i = open; i < pieces.length; i++) {
    if (pieces[i]!.text === '(') depth += 1;
    else if (pieces[i]!.text === ')' && --depth === 0) return i;
  }
  return pieces.length;
}

/** Whether a word is alone in its line, as GO is. */
function isAlone(query: string, at: number): boolean {
  const start = query.lastIndexOf('\n', at - 1) + 1;
  return /^\s*go(\s+\d+)?\s*(--.*)?$/i.test(query.slice(start).split('\n', 1)[0]!);
}
