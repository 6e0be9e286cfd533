import { tokensOf, type Pieces, type Token } from '../tokens.ts';

const PIECES: Pieces = [
  ['skip', /\s+|--[^\n]*/y],
  ['string', /n?'(?:[^']|'')*'/iy],
  ['quoted', /\[(?:[^\]]|\]\])*\]|"(?:[^"]|"")*"/y],
  ['word', /[@#]{0,2}[\p{L}_][\p{L}\p{N}_$#@]*/uy],
  ['number', /\d+(?:\.\d*)?(?:e[+-]?\d+)?/iy],
  ['symbol', /<>|<=|>=|!=|[^]/y],
];

/** Names and strings without their quotation marks. */
function plain(kind: Token['kind'], found: string): string {
  if (kind === 'string') return found.slice(found.indexOf("'") + 1, -1).replaceAll("''", "'");
  if (kind !== 'quoted') return found;
  return found.slice(1, -1).replaceAll(found.startsWith('[') ? ']]' : '""', found.at(-1)!);
}

/** The index of the token that closes the parenthesis at `open`, or the end. */
export function closing(tokens: Token[], open: number): number {
  let depth = 0;
  for (let i = open; i < tokens.length; i++) {
    if (tokens[i]!.kind !== 'symbol') continue;
    if (tokens[i]!.text === '(') depth++;
    if (tokens[i]!.text === ')' && --depth === 0) return i;
  }
  return tokens.length;
}

const VERBS =
  /^(select|insert|update|delete|set|begin|commit|rollback|waitfor|exec|execute|use|create|drop|if|declare|with|print|kill|truncate|alter|merge)$/;

/** The statements of a batch, which need no semicolon between them: each starts with a verb outside of parentheses. */
export function statementsOf(sql: string): Token[][] {
  const statements: Token[][] = [[]];
  let depth = 0;
  for (const token of tokensOf(sql, PIECES, plain)) {
    const current = statements.at(-1)!;
    if (token.kind === 'symbol') depth += token.text === '(' ? 1 : token.text === ')' ? -1 : 0;
    if (token.kind === 'symbol' && token.text === ';' && depth === 0) statements.push([]);
    else if (
      depth === 0 &&
      token.kind === 'word' &&
      VERBS.test(token.text) &&
      startsStatement(current, token)
    ) {
      statements.push([token]);
    } else current.push(token);
  }
  return statements.filter((tokens) => tokens.length > 0);
}

/** Not the SELECT after a CTE or UNION or INSERT, not the SET of an UPDATE, not the WITH of a hint. */
function startsStatement(current: Token[], { text }: Token): boolean {
  const [first, last] = [current[0]?.text, current.at(-1)?.text];
  if (first === undefined) return false;
  if (['set', 'begin', 'commit', 'rollback', 'use', 'waitfor'].includes(first)) return true;
  if (text !== 'select')
    return text === 'set' ? first !== 'update' && first !== 'alter' : first === 'select' && text !== 'with';
  return first === 'select' && !['union', 'all', 'except', 'intersect'].includes(last ?? '');
}
