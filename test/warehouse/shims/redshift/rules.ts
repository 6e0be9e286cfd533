import { COLUMNS, FUNCTIONS, RELATIONS, TYPES } from './absent.ts';
import type { Token } from '../tokens.ts';

/** An error that Redshift answers. */
export interface Refusal {
  /** SQLSTATE */
  code: string;
  message: string;
  /** The token that is wrong, for the position of a syntax error. */
  at?: Token;
}

/** A syntax error at a token, in the words of PostgreSQL. */
export function syntaxError(at: Token): Refusal {
  return { code: '42601', message: `syntax error at or near "${at.text}"`, at };
}

/** What of a query Redshift does not have; undefined if it has everything. */
export function refusalOfQuery(tokens: Token[]): Refusal | undefined {
  for (const [i, token] of tokens.entries()) {
    const text = (offset: number) => tokens[i + offset]?.text;
    if (token.kind === 'string' || token.kind === 'number') continue;
    const refusal = refusalOfToken(token, text);
    if (refusal) return refusal;
    if (TYPES.has(token.text) && isCast(tokens, i)) {
      return { code: '42704', message: `type "${token.text}" does not exist` };
    }
  }
  return undefined;
}

type Neighbour = (offset: number) => string | undefined;

function refusalOfToken(token: Token, text: Neighbour): Refusal | undefined {
  if (token.text === '[') return syntaxError(token); // array constructors and subscripts
  if (token.kind !== 'word') return undefined;
  const word = token.text;
  if (FUNCTIONS.has(word) && text(1) === '(') return undefinedFunction(word);
  if (RELATIONS.has(word)) return { code: '42P01', message: `relation "${word}" does not exist` };
  if (COLUMNS.has(word)) return { code: '42703', message: `column "${word}" does not exist` };
  if (word === 'values' && (text(-1) === undefined || text(-1) === '(')) return syntaxError(token);
  if (word === 'distinct' && (text(-1) === 'is' || (text(-1) === 'not' && text(-2) === 'is'))) {
    return syntaxError(token);
  }
  return undefined;
}

/** `::type`, or `cast(value as type)`; other names after `as` are aliases. */
function isCast(tokens: Token[], at: number): boolean {
  const before = tokens[at - 1]?.text;
  if (before === '::') return true;
  if (before !== 'as') return false;
  for (let i = at - 2, depth = 0; i >= 0; i--) {
    if (tokens[i]!.text === ')') depth++;
    if (tokens[i]!.text === '(' && depth-- === 0) return tokens[i - 1]?.text === 'cast';
  }
  return false;
}

function undefinedFunction(name: string): Refusal {
  return name === 'generate_series'
    ? { code: '0A000', message: NOT_ON_TABLES } // it runs on the leader node alone
    : { code: '42883', message: `function ${name}() does not exist` };
}

const NOT_ON_TABLES = 'Specified types or functions (one per INFO message) not supported on Redshift tables.';

const LEVELS = ['serializable', 'read uncommitted', 'read committed', 'repeatable read', 'snapshot'];

/**
 * `begin` and `start transaction` as Redshift knows them, for PostgreSQL: each level becomes one snapshot for the whole
 * transaction.
 */
export function beginOf(tokens: Token[]): string | Refusal {
  let rest = tokens.slice(1);
  if (rest[0] && ['work', 'transaction'].includes(rest[0].text)) rest = rest.slice(1);
  const words = (count: number) => rest.slice(0, count).map((token) => token.text).join(' '); // prettier-ignore
  if (words(2) === 'isolation level') {
    rest = rest.slice(2);
    const level = LEVELS.find((name) => words(name.split(' ').length) === name);
    if (!level) return syntaxError(rest[0] ?? tokens.at(-1)!);
    rest = rest.slice(level.split(' ').length);
  }
  const access = ['read only', 'read write'].find((name) => words(2) === name) ?? 'read write';
  if (words(2) === access) rest = rest.slice(2);
  return rest[0] ? syntaxError(rest[0]) : `begin isolation level repeatable read ${access}`;
}

/** `declare <name> cursor for <query>` and nothing else; one cursor a session. */
export function refusalOfDeclare(tokens: Token[], openCursor: string | undefined): Refusal | undefined {
  const wrong = tokens[2]?.text !== 'cursor' ? tokens[2] : tokens[3]?.text !== 'for' ? tokens[3] : undefined;
  if (wrong) return syntaxError(wrong);
  if (openCursor !== undefined) {
    return {
      code: '0A000',
      message: `DECLARE CURSOR is not supported: cursor "${openCursor}" is already open`,
    };
  }
  return refusalOfQuery(tokens.slice(4));
}

/** `fetch [ next | all | forward [ count | all ] ] from <cursor>`, forwards only. */
export function refusalOfFetch(tokens: Token[]): Refusal | undefined {
  const [first, second] = [tokens[1], tokens[2]];
  if (!first || !['next', 'all', 'forward', 'from'].includes(first.text))
    return syntaxError(first ?? tokens[0]!);
  const counts = first.text === 'forward' && (second?.kind === 'number' || second?.text === 'all');
  const from = first.text === 'from' ? first : counts ? tokens[3] : second;
  return from?.text === 'from' ? undefined : syntaxError(from ?? first);
}
