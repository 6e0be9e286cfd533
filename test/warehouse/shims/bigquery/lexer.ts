/** A token of GoogleSQL. `at` is its offset in the query; errors are mapped back to it. */
export interface Token {
  kind: 'blank' | 'text' | 'quoted' | 'number' | 'word' | 'sign';
  text: string;
  at: number;
}

/** https://cloud.google.com/bigquery/docs/reference/standard-sql/lexical: comments, string and bytes literals, backticks. */
const TOKENS: [Token['kind'], RegExp][] = [
  ['blank', /\s+|--[^\n]*|#[^\n]*|\/\*[\s\S]*?\*\//y],
  ['text', /(?:r|b|rb|br)?(?:'''[\s\S]*?'''|"""[\s\S]*?"""|'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*")/iy],
  ['quoted', /`(?:\\.|[^`\\])*`/y],
  ['number', /(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?/iy],
  ['word', /[a-z_][a-z_0-9]*/iy],
  ['sign', /[\s\S]/y],
];

/** Splits a query into tokens; nothing is lost. */
function tokensOf(sql: string): Token[] {
  const tokens: Token[] = [];
  for (let at = 0; at < sql.length; at += tokens.at(-1)!.text.length) {
    for (const [kind, pattern] of TOKENS) {
      pattern.lastIndex = at;
      const text = pattern.exec(sql)?.[0];
      if (text === undefined) continue;
      tokens.push({ kind, text, at });
      break;
    }
  }
  return tokens;
}

const ESCAPES: Record<string, string> = { n: '\n', t: '\t', r: '\r', a: '\x07', b: '\b', f: '\f', v: '\v' };

/** The DuckDB expression of a string or bytes literal. */
export function literalOf(literal: string): string {
  const prefix = /^[rb]*/i.exec(literal)![0].toLowerCase();
  const body = literal.slice(prefix.length);
  const width = /^('''|""")/.test(body) ? 3 : 1;
  const inner = body.slice(width, -width);
  const value = prefix.includes('r') ? inner : unescaped(inner);
  if (prefix.includes('b')) {
    return `from_hex('${Buffer.from(value, 'utf8').toString('hex')}')`;
  }
  const parts = value.split('\0').map((part) => `'${part.replaceAll("'", "''")}'`);
  return parts.length === 1 ? parts[0]! : `(${parts.join(' || chr(0) || ')})`; // DuckDB's SQL text ends at a NUL
}

function unescaped(inner: string): string {
  return inner.replace(
    /\\(?:[xX]([\da-fA-F]{2})|u([\da-fA-F]{4})|U([\da-fA-F]{8})|([0-7]{3})|([\s\S]))/g,
    (_, x?: string, u?: string, long?: string, octal?: string, plain?: string) => {
      const hex = x ?? u ?? long;
      if (hex !== undefined) return String.fromCodePoint(Number.parseInt(hex, 16));
      if (octal !== undefined) return String.fromCodePoint(Number.parseInt(octal, 8));
      return ESCAPES[plain!] ?? plain!;
    },
  );
}

/** The statements of a script, each with its tokens; statements without any code are left out. */
export function statementsOf(sql: string): Token[][] {
  const statements: Token[][] = [[]];
  for (const token of tokensOf(sql)) {
    if (token.kind === 'sign' && token.text === ';') statements.push([]);
    else statements.at(-1)!.push(token);
  }
  return statements.filter((tokens) => tokens.some(({ kind }) => kind !== 'blank'));
}
