import { SqlFailure } from './stream.ts';
import type { Token } from '../tokens.ts';
import { closing } from './tokens.ts';

/* Rules of T-SQL for subqueries that DuckDB does not have. Numbers and texts are those of sys.messages. */

/** @throws SqlFailure */
export function checkSubqueries(tokens: Token[], lineOf: (token: Token) => number): void {
  for (const [i, token] of tokens.entries()) {
    if (token.kind !== 'symbol' || token.text !== '(') continue;
    const end = closing(tokens, i);
    const inner = tokens.slice(i + 1, end);
    const fail = (number: number, level: number, message: string): never => {
      throw new SqlFailure({ number, level, message, line: lineOf(inner[0]!) });
    };
    if (isWord(inner[0], 'with') && tokens[i - 1]?.kind === 'word') {
      fail(156, 15, "Incorrect syntax near the keyword 'with'.");
    }
    if (!isWord(inner[0], 'select')) continue;
    const words = topLevel(inner);
    const ordered = words.some((word, at) => word === 'order' && words[at + 1] === 'by');
    if (
      ordered &&
      words[1] !== 'top' &&
      words[2] !== 'top' &&
      !words.includes('offset') &&
      !words.includes('for')
    ) {
      fail(1033, 15, ORDER_BY);
    }
    const name = tableName(tokens, i, end);
    if (name === undefined) continue;
    const seen = new Set<string>();
    for (const [column, columnName] of columnsOf(inner).entries()) {
      if (columnName === '*') break; // how many columns follow is not known here
      if (columnName === undefined)
        fail(8155, 16, `No column name was specified for column ${column + 1} of '${name}'.`);
      const folded = columnName!.toLowerCase();
      if (seen.has(folded))
        fail(8156, 16, `The column '${columnName}' was specified multiple times for '${name}'.`);
      seen.add(folded);
    }
  }
}

const ORDER_BY =
  'The ORDER BY clause is invalid in views, inline functions, derived tables, subqueries, and common table ' +
  'expressions, unless TOP, OFFSET or FOR XML is also specified.';

const isWord = (token: Token | undefined, text: string) => token?.kind === 'word' && token.text === text;

/** Words and symbols outside of parentheses; `(` stands for what is inside. */
function topLevel(tokens: Token[]): string[] {
  return outside(tokens).map((token) => (token.kind === 'word' || token.kind === 'symbol' ? token.text : ''));
}

function outside(tokens: Token[]): Token[] {
  const kept: Token[] = [];
  for (let i = 0; i < tokens.length; i++) {
    kept.push(tokens[i]!);
    if (tokens[i]!.kind === 'symbol' && tokens[i]!.text === '(') i = closing(tokens, i);
  }
  return kept;
}

/** The name of a derived table or CTE whose query is in these parentheses, unless its columns are named beside it. */
function tableName(tokens: Token[], open: number, end: number): string | undefined {
  const before = tokens[open - 1];
  if (isWord(before, 'as')) {
    const name = tokens[open - 2];
    return name?.text === ')' ? undefined : name?.text; // with x(a, b) as (…)
  }
  if (!['from', 'join', 'apply', ','].includes(before?.text ?? '')) return undefined;
  const at = isWord(tokens[end + 1], 'as') ? end + 2 : end + 1;
  const name = tokens[at];
  return !name || tokens[at + 1]?.text === '(' || name.kind === 'symbol' ? undefined : name.text;
}

const AFTER_LIST = new Set([
  'from',
  'where',
  'order',
  'union',
  'except',
  'intersect',
  'group',
  'having',
  'for',
  'into',
]);

/** The names of the columns of a SELECT: `*` for all of a table, undefined without a name. */
export function columnsOf(select: Token[]): (string | undefined)[] {
  let list = outside(select).slice(1);
  if (isWord(list[0], 'all') || isWord(list[0], 'distinct')) list = list.slice(1);
  if (isWord(list[0], 'top')) list = list.slice(2);
  const items: Token[][] = [[]];
  for (const token of list) {
    if (token.kind === 'word' && AFTER_LIST.has(token.text)) break;
    if (token.kind === 'symbol' && token.text === ',') items.push([]);
    else items.at(-1)!.push(token);
  }
  return items.map((item) => {
    const [last, before] = [item.at(-1), item.at(-2)];
    if (last?.text === '*' && last.kind === 'symbol') return '*';
    if (item[1]?.text === '=' && item[0]?.kind !== 'symbol') return item[0]!.text;
    if (last?.kind !== 'word' && last?.kind !== 'quoted') return undefined;
    if (last.text === 'end' && last.kind === 'word') return undefined;
    const isOperator = before?.kind === 'symbol' && before.text !== '.' && before.text !== '(';
    return isOperator ? undefined : last.text;
  });
}
