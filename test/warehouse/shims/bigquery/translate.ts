import { literalOf, type Token } from './lexer.ts';

/** SQL of DuckDB, with the place in the GoogleSQL query that each piece comes from. */
export interface Translated {
  sql: string;
  /** The offset in the query of an offset in `sql`. */
  origin(offset: number): number;
}

type Piece = Pick<Token, 'text' | 'at'>;

/**
 * GoogleSQL types as DuckDB has them. BIGNUMERIC has up to 77 digits and GEOGRAPHY is no type of DuckDB: both are kept as
 * text in a STRUCT, whose name tells the type (see types.ts).
 */
const TYPES: Record<string, string> = {
  string: 'varchar',
  int64: 'bigint',
  integer: 'bigint',
  int: 'bigint',
  float64: 'double',
  numeric: 'decimal(38,9)',
  bool: 'boolean',
  bytes: 'blob',
  timestamp: 'timestamptz',
  datetime: 'timestamp',
};
const TEXT_TYPES = new Set(['bignumeric', 'geography']);
/** Functions whose names DuckDB has in another meaning, or not at all (see macros.ts). */
const FUNCTIONS: Record<string, string> = {
  generate_array: 'generate_series',
  timestamp: 'bq_timestamp',
  datetime: 'bq_datetime',
  date: 'bq_date',
  date_add: 'bq_date_add',
  date_sub: 'bq_date_sub',
  string: 'bq_string',
  struct: 'struct_pack',
};

/** Translates one statement of GoogleSQL: what the tests' queries need, not the whole language. */
export function translate(tokens: Token[], project: string): Translated {
  const pieces = translated(tokens, project, isDdl(tokens));
  const starts: number[] = [];
  let sql = '';
  for (const { text } of pieces) {
    starts.push(sql.length);
    sql += text;
  }
  return {
    sql,
    origin(offset) {
      const found = starts.findLastIndex((start) => start <= offset);
      return found < 0 ? 0 : pieces[found]!.at;
    },
  };
}

/** The words of a statement in lower case, without blanks. */
export function wordsOf(tokens: Token[]): string[] {
  return tokens.filter(({ kind }) => kind !== 'blank').map(({ text }) => text.toLowerCase());
}

function isDdl(tokens: Token[]): boolean {
  const words = wordsOf(tokens);
  return words[0] === 'create' && words.includes('table') && !words.includes('select');
}

function translated(tokens: Token[], project: string, ddl: boolean): Piece[] {
  const inner = (from: number, to: number) => translated(tokens.slice(from, to), project, false);
  const pieces: Piece[] = [];
  for (let i = 0; i < tokens.length; i++) {
    const token = tokens[i]!;
    const word = token.kind === 'word' ? token.text.toLowerCase() : '';
    const next = significant(tokens, i + 1);
    const opens = tokens[next]?.text === '(';
    const at = token.at;
    const format =
      /^format_(timestamp|datetime|date|time)$/.test(word) && opens ? significant(tokens, next + 1) : -1;
    if (format > 0 && tokens[format]?.kind === 'text') {
      pieces.push({ text: formatCall(literalOf(tokens[format].text)), at });
      i = format;
    } else if (token.kind === 'text') pieces.push({ text: literalOf(token.text), at });
    else if (token.kind === 'quoted') pieces.push({ text: identifier(token.text, project), at });
    else if (token.kind === 'number' && /[.]/.test(token.text) && !/e/i.test(token.text)) {
      pieces.push({ text: `${token.text}e0`, at }); // a literal with a point is a FLOAT64, in DuckDB a DECIMAL
    } else if (word === project && tokens[next]?.text === '.') i = next;
    else if ((word === 'cast' || word === 'safe_cast') && opens) {
      const end = closing(tokens, next);
      pieces.push(...cast(tokens, { word, from: next + 1, to: end, at }, inner));
      i = end;
    } else if (/^current_(timestamp|datetime|date)$/.test(word)) {
      pieces.push({ text: `bq_${word}()`, at });
      if (opens) i = closing(tokens, next);
    } else if (word === 'unnest' && opens) {
      const end = closing(tokens, next);
      pieces.push({ text: 'unnest', at }, ...inner(i + 1, end + 1));
      i = end;
      const as = significant(tokens, end + 1);
      const named = tokens[as]?.text.toLowerCase() === 'as' ? significant(tokens, as + 1) : as;
      const alias = tokens[named];
      if (alias && (named !== as || isAlias(alias)) && alias.kind !== 'sign') {
        const name = identifier(alias.text, project);
        pieces.push({ text: ` as ${name}(${name})`, at: alias.at });
        i = named;
      }
    } else if (word === 'struct' && opens) {
      const end = closing(tokens, next);
      pieces.push({ text: 'struct_pack(', at }, ...fieldsOf(tokens, next + 1, end, inner), { text: ')', at });
      i = end;
    } else if (word in FUNCTIONS && opens) pieces.push({ text: FUNCTIONS[word]!, at });
    else if (word === 'except' && opens && pieces.findLast(({ text }) => text.trim())?.text === '*') {
      pieces.push({ text: 'exclude', at });
    } else if ((word in TYPES || TEXT_TYPES.has(word)) && tokens[next]?.kind === 'text') {
      pieces.push({ text: castTo(word, literalOf(tokens[next].text)), at });
      i = next;
    } else if (ddl && word in TYPES && !['(', '.'].includes(tokens[next]?.text ?? '')) {
      pieces.push({ text: TYPES[word]!, at });
    } else if (ddl && TEXT_TYPES.has(word)) pieces.push({ text: `struct(bq_${word} varchar)`, at });
    else pieces.push({ text: token.kind === 'blank' && token.text.startsWith('#') ? ' ' : token.text, at });
  }
  return pieces;
}

/** `cast(expression as type)`; a STRING is spelled by a macro, as BigQuery spells each type. */
function cast(
  tokens: Token[],
  call: { word: string; from: number; to: number; at: number },
  inner: (from: number, to: number) => Piece[],
): Piece[] {
  const { word, from, to, at } = call;
  const as = topLevel(tokens, from, to, 'as').at(-1) ?? to;
  const expression = inner(from, as);
  const type = wordsOf(tokens.slice(as + 1, to)).join('');
  if (type === 'string') return [{ text: 'bq_string(', at }, ...expression, { text: ')', at }];
  if (TEXT_TYPES.has(type)) {
    return [{ text: `{'bq_${type}': bq_string(`, at }, ...expression, { text: ')}', at }];
  }
  const target = TYPES[type] ?? type.replace(/^bignumeric\(/, 'decimal(').replace(/^numeric\(/, 'decimal(');
  return [
    { text: word === 'cast' ? 'cast(' : 'try_cast(', at },
    ...expression,
    { text: ` as ${target})`, at },
  ];
}

/** https://cloud.google.com/bigquery/docs/reference/standard-sql/format-elements#format_elements_date_time */
const FORMATS: [string, string][] = [
  ['%E4Y', '%Y'],
  ['%E6S', '%S.%f'],
  ['%F', '%Y-%m-%d'],
  ['%T', '%H:%M:%S'],
  ['%Ez', '+00:00'],
  ['%Z', 'UTC'],
];

/**
 * The beginning of a call. Only `%E4Y` has four digits for each year; `%Y` and `%F` write the year 1 as `1`, which DuckDB
 * cannot: https://github.com/GoogleCloudPlatform/professional-services-data-validator/pull/1186
 */
function formatCall(literal: string): string {
  const rest = literal.replace(/^'%F/, "'%Y-%m-%d").replace(/^'%Y/, "'");
  const format = FORMATS.reduce((text, [googleSql, duckDb]) => text.replaceAll(googleSql, duckDb), rest);
  return `${rest === literal ? 'bq_format' : 'bq_format_year'}(${format}`;
}

function castTo(type: string, expression: string): string {
  return TEXT_TYPES.has(type) ? `{'bq_${type}': ${expression}}` : `cast(${expression} as ${TYPES[type]})`;
}

/** The fields of `struct(1 as a, …)`: DuckDB writes `a := 1`. */
function fieldsOf(tokens: Token[], from: number, to: number, inner: (from: number, to: number) => Piece[]) {
  const commas = [...topLevel(tokens, from, to, ','), to];
  let start = from;
  return commas.flatMap((end, index): Piece[] => {
    const as = topLevel(tokens, start, end, 'as').at(-1);
    const name = as === undefined ? `_field_${index + 1}` : tokens[significant(tokens, as + 1)]!.text;
    const value = inner(start, as ?? end);
    start = end + 1;
    const separator = index === 0 ? '' : ', ';
    return [{ text: `${separator}${name} := `, at: value[0]?.at ?? 0 }, ...value];
  });
}

function identifier(text: string, project: string): string {
  if (!text.startsWith('`')) return text;
  const path = text.slice(1, -1).split('.');
  const local = path.length > 1 && path[0] === project ? path.slice(1) : path;
  return local.map((part) => `"${part.replaceAll('"', '""')}"`).join('.');
}

const NOT_ALIASES =
  /^(where|group|order|limit|join|cross|left|right|full|inner|on|union|having|with|window)$/i;

function isAlias({ kind, text }: Token): boolean {
  return kind === 'quoted' || (kind === 'word' && !NOT_ALIASES.test(text));
}

function significant(tokens: Token[], from: number): number {
  let at = from;
  while (tokens[at]?.kind === 'blank') at++;
  return at;
}

function closing(tokens: Token[], open: number): number {
  let depth = 0;
  for (let at = open; at < tokens.length; at++) {
    if (tokens[at]!.kind === 'sign' && '([{'.includes(tokens[at]!.text)) depth++;
    if (tokens[at]!.kind === 'sign' && ')]}'.includes(tokens[at]!.text) && --depth === 0) return at;
  }
  return tokens.length;
}

/** Where a word or sign stands outside of parentheses. */
function topLevel(tokens: Token[], from: number, to: number, text: string): number[] {
  const found: number[] = [];
  for (let at = from; at < to; at++) {
    if (tokens[at]!.kind === 'sign' && '(['.includes(tokens[at]!.text)) at = closing(tokens, at);
    else if (tokens[at]!.kind !== 'text' && tokens[at]!.text.toLowerCase() === text) found.push(at);
  }
  return found;
}
