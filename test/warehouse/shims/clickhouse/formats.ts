import type { EngineColumn } from '../duckdb-engine.ts';

/*
 * The texts of ClickHouse's format TabSeparated, which Template's escaping rule `Escaped` shares.
 * https://clickhouse.com/docs/interfaces/formats/TabSeparated, https://clickhouse.com/docs/interfaces/formats/Template
 */

/** Settings of a request that change the text of values. */
export interface FormatSettings {
  bool_true_representation?: string;
  bool_false_representation?: string;
  date_time_output_format?: string;
  output_format_decimal_trailing_zeros?: string;
}

/** The names of DuckDB's simple types in ClickHouse. */
const TYPES = new Map([
  ['BOOLEAN', 'Bool'],
  ['TINYINT', 'Int8'],
  ['SMALLINT', 'Int16'],
  ['INTEGER', 'Int32'],
  ['BIGINT', 'Int64'],
  ['HUGEINT', 'Int128'],
  ['UBIGINT', 'UInt64'],
  ['FLOAT', 'Float32'],
  ['DOUBLE', 'Float64'],
  ['VARCHAR', 'String'],
  ['DATE', 'Date32'],
  ['TIMESTAMP', 'DateTime64(6)'],
  ['TIMESTAMP_S', 'DateTime'],
  ['TIMESTAMP WITH TIME ZONE', "DateTime64(6, 'Europe/Brussels')"],
  ['UUID', 'UUID'],
]);

/** A type of ClickHouse for a type of DuckDB. */
export function typeName(type: string): string {
  if (type === 'SQLNULL' || type === '"NULL"') return 'Nullable(Nothing)';
  const decimal = /^DECIMAL\((\d+),\s?(\d+)\)$/.exec(type);
  if (decimal) return `Nullable(Decimal(${decimal[1]}, ${decimal[2]}))`;
  const values = /^ENUM\((.*)\)$/.exec(type);
  if (values) {
    const listed = values[1]!.split(/,\s*/).map((value, i) => `${value} = ${i + 1}`);
    return `Nullable(Enum8(${listed.join(', ')}))`;
  }
  const simple = TYPES.get(type);
  if (simple === 'String') return 'LowCardinality(Nullable(String))';
  if (simple) return `Nullable(${simple})`;
  return type.endsWith('[]') ? `Array(${typeName(type.slice(0, -2))})` : `Tuple(${type})`;
}

const quoted = (text: string) => `'${text.replaceAll("'", "''")}'`;

/** An expression of DuckDB for the escaped text of a column, as ClickHouse writes it. */
export function escapedText({ name, type }: EngineColumn, settings: FormatSettings): string {
  const column = `"${name.replaceAll('"', '""')}"`;
  const text = plainText(column, type, settings);
  const escapes = [
    [String.raw`'\'`, String.raw`'\\'`],
    ['chr(9)', String.raw`'\t'`],
    ['chr(10)', String.raw`'\n'`],
    ['chr(13)', String.raw`'\r'`],
    ['chr(8)', String.raw`'\b'`],
    ['chr(12)', String.raw`'\f'`],
    ['chr(0)', String.raw`'\0'`],
    [`''''`, String.raw`'\'''`],
  ];
  const escaped = ['VARCHAR'].includes(type)
    ? escapes.reduce((inner, [from, to]) => `replace(${inner}, ${from}, ${to})`, text)
    : text;
  return String.raw`coalesce(${escaped}, '\N')`;
}

function plainText(column: string, type: string, settings: FormatSettings): string {
  const text = `cast(${column} as varchar)`;
  if (type === 'BOOLEAN') {
    const { bool_true_representation: yes = 'true', bool_false_representation: no = 'false' } = settings;
    return `case ${column} when true then ${quoted(yes)} when false then ${quoted(no)} end`;
  }
  if (type === 'FLOAT' || type === 'DOUBLE') {
    // ClickHouse prints whole numbers up to 1e21 with all their digits.
    return `case when abs(${column}) < 1e18 and ${column} = trunc(${column}) then cast(cast(${column} as hugeint) as varchar) else ${text} end`;
  }
  if (type.startsWith('DECIMAL') && settings.output_format_decimal_trailing_zeros !== '1') {
    return `case when contains(${text}, '.') then rtrim(rtrim(${text}, '0'), '.') else ${text} end`;
  }
  if (type.startsWith('TIMESTAMP')) {
    const precise = type === 'TIMESTAMP_S' ? '%S' : '%S.%f';
    if (settings.date_time_output_format === 'iso') {
      const moment = type.endsWith('ZONE') ? `timezone('UTC', ${column})` : column;
      return `strftime(${moment}, '%Y-%m-%dT%H:%M:${precise}Z')`;
    }
    const moment = type.endsWith('ZONE') ? `timezone('Europe/Brussels', ${column})` : column;
    return `strftime(${moment}, '%Y-%m-%d %H:%M:${precise}')`;
  }
  return text;
}

/** A text in TabSeparated, for names and types in its header. */
export function escaped(text: string): string {
  const letters: Record<string, string> = {
    '\t': 't',
    '\n': 'n',
    '\r': 'r',
    '\b': 'b',
    '\f': 'f',
    '\0': '0',
  };
  return text.replace(/[\t\n\r\b\f\0\\']/g, (char) => `\\${letters[char] ?? char}`);
}

/** The parts of a row of Template: texts, and the columns (from 0) between them. */
export function templateParts(template: string): (string | number)[] {
  return template.split(/(\$\{\d+:Escaped\})/).flatMap((part): (string | number)[] => {
    const column = /^\$\{(\d+):Escaped\}$/.exec(part);
    if (column) return [Number(column[1])];
    return part === '' ? [] : [part];
  });
}
