import type { Token } from '../tokens.ts';
import { closing } from './tokens.ts';

/* T-SQL in the words of DuckDB: what the fixtures of the tests need, and no more. */

const TYPES: Record<string, string> = {
  nvarchar: 'varchar',
  nchar: 'varchar',
  varchar: 'varchar',
  char: 'varchar',
  bit: 'boolean',
  tinyint: 'utinyint',
  datetime: 'timestamp',
  datetime2: 'timestamp',
  smalldatetime: 'timestamp',
  datetimeoffset: 'timestamptz',
  money: 'decimal(19, 4)',
  smallmoney: 'decimal(10, 4)',
  uniqueidentifier: 'uuid',
  float: 'double',
  varbinary: 'blob',
};

const FUNCTIONS: Record<string, string> = {
  len: 'length',
  isnull: 'coalesce',
  replicate: 'repeat',
  iif: 'if',
  getdate: 'tds_now',
  sysdatetime: 'tds_now',
  getutcdate: 'tds_now',
  sysutcdatetime: 'tds_now',
  count_big: 'count',
};

const GLOBALS: Record<string, string> = {
  '@@version': "'Microsoft SQL Server 2022 (RTM) - 16.0.1000.6 (shim)'",
  '@@trancount': '0',
};

/** The text of a statement for DuckDB. */
export function translate(tokens: Token[]): string {
  const out: string[] = [];
  const limits: { depth: number; text: string }[] = [];
  let depth = 0;
  const flush = () => {
    if (limits.at(-1)?.depth === depth) out.push(limits.pop()!.text);
  };
  for (let i = 0; i < tokens.length; i++) {
    const token = tokens[i]!;
    const next = tokens[i + 1]?.text;
    if (token.kind === 'symbol') {
      if (token.text === ')') flush();
      depth += token.text === '(' ? 1 : token.text === ')' ? -1 : 0;
      const joinsText =
        token.text === '+' && [tokens[i - 1], tokens[i + 1]].some((one) => one?.kind === 'string');
      out.push(joinsText ? '||' : token.text);
    } else if (token.kind !== 'word') out.push(literal(token));
    else if (['union', 'except', 'intersect'].includes(token.text)) {
      flush();
      out.push(token.text);
    } else if (token.text === 'top') {
      const end = next === '(' ? closing(tokens, i + 1) : i + 1;
      limits.push({ depth, text: `limit ${translate(tokens.slice(i + 1, end + 1))}` });
      i = end;
    } else if (['convert', 'try_convert', 'cast', 'try_cast'].includes(token.text) && next === '(') {
      const end = closing(tokens, i + 1);
      out.push(conversion(token.text, tokens.slice(i + 2, end)));
      i = end;
    } else out.push(word(token.text, next));
  }
  flush();
  return out.join(' ');
}

function word(text: string, next: string | undefined): string {
  if (next === '(' && Object.hasOwn(FUNCTIONS, text)) return FUNCTIONS[text]!;
  return GLOBALS[text] ?? text;
}

function literal({ kind, text }: Token): string {
  if (kind === 'string') return `'${text.replaceAll("'", "''")}'`;
  return kind === 'quoted' ? `"${text.replaceAll('"', '""')}"` : text;
}

function conversion(name: string, tokens: Token[]): string {
  const attempt = name.startsWith('try_') ? 'try_cast' : 'cast';
  const args = splitAtCommas(tokens);
  const as = tokens.findLastIndex(({ kind, text }) => kind === 'word' && text === 'as');
  const isCast = name.endsWith('cast');
  const type = isCast ? tokens.slice(as + 1) : args[0]!;
  const value = translate(isCast ? tokens.slice(0, as) : args[1]!);
  const style = (!isCast && args[2]?.map(({ text }) => text).join('')) || '-1';
  const duck = TYPES[type[0]!.text] ?? type.map(({ text }) => text).join('');
  if (duck !== 'varchar') return `${attempt}(${value} as ${duck})`;
  const length = type[2]?.text ?? '30'; // without a length, CAST and CONVERT take 30 characters
  const text = `tds_text(${value}, ${style})`;
  return length === 'max' ? text : `left(${text}, ${length})`;
}

function splitAtCommas(tokens: Token[]): Token[][] {
  const parts: Token[][] = [[]];
  let depth = 0;
  for (const token of tokens) {
    if (token.kind === 'symbol') depth += token.text === '(' ? 1 : token.text === ')' ? -1 : 0;
    if (token.kind === 'symbol' && token.text === ',' && depth === 0) parts.push([]);
    else parts.at(-1)!.push(token);
  }
  return parts;
}

/**
 * What DuckDB needs for translated statements. Styles of CONVERT are those of Microsoft's "CAST and CONVERT": 121 for
 * dates and times with a blank, 126 with a T, 0 short; 0 and 3 for floats (6 or 17 digits); 0 and 2 for money.
 */
export const PRELUDE = `
  set timezone = 'UTC';
  create macro tds_now() as cast(now() as timestamp);
  create macro db_name() as 'shim';
  create macro tds_digits(t) as rpad(if(instr(t, '.') = 0, '', split_part(t, '.', 2)), 7, '0');
  create macro tds_stamp(t, style) as case
    when style = 0 then strftime(cast(t as timestamp), '%b ') || lpad(strftime(cast(t as timestamp), '%-d'), 2, ' ')
      || strftime(cast(t as timestamp), ' %Y ') || lpad(strftime(cast(t as timestamp), '%-I:%M%p'), 7, ' ')
    when style = 126 then replace(split_part(t, '.', 1), ' ', 'T')
      || if(instr(t, '.') = 0, '', '.' || tds_digits(t))
    else split_part(t, '.', 1) || '.' || tds_digits(t) end;
  create macro tds_exponent(t) as regexp_replace(t, 'e([+-])(\\d\\d)$', 'e\\10\\2');
  create macro tds_plain(x, t, kind, style) as case
    when t is null then null
    when kind = 'BOOLEAN' then if(t = 'true', '1', '0')
    when kind = 'TIMESTAMP' then tds_stamp(t, style)
    when kind = 'TIMESTAMP WITH TIME ZONE' then tds_stamp(regexp_replace(t, '[+-]\\d\\d(:\\d\\d)?$', ''), style)
      || if(style = 126, '+00:00', ' +00:00')
    when kind in ('DOUBLE', 'FLOAT') then tds_exponent(case style
      when 3 then printf('%.17g', try_cast(t as double)) when 2 then printf('%.15e', try_cast(t as double))
      when 1 then printf('%.7e', try_cast(t as double)) else printf('%.6g', try_cast(t as double)) end)
    when kind = 'DECIMAL(19,4)' then case when style in (-1, 0) then cast(cast(try_cast(t as decimal(19, 4)) as decimal(19, 2)) as varchar)
      when style in (2, 126) then t
      else error('281 ' || style || ' is not a valid style number when converting from money to a character string.') end
    else t end;
  create macro tds_text(x, style) as tds_plain(x, cast(x as varchar), typeof(x), style);
  create schema sys;
  create table sys.databases (name varchar, database_id integer, snapshot_isolation_state utinyint,
    snapshot_isolation_state_desc varchar, is_read_committed_snapshot_on boolean)`;
