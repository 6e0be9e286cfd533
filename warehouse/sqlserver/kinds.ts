import type { Column, ColumnKind } from '../../activation/values/kinds.ts';
import { conversionFor, SLACK, type Conversion } from '../copy/conversions.ts';
import { quote } from './query.ts';

/** How the server converts a value to text, so that no digit is lost. */
interface Cast {
  kind: ColumnKind;
  /** The style of CONVERT: https://learn.microsoft.com/en-us/sql/t-sql/functions/cast-and-convert-transact-sql */
  style?: number;
  /** The longest text, in characters; undefined: up to nvarchar(max). */
  length?: number;
  /** What is done with the text afterwards. */
  spelling?: 'real' | 'padded' | 'guid';
}

/** What tedious tells of a column. */
export interface Field {
  colName: string;
  type: { name: string };
  dataLength?: number;
  precision?: number;
  scale?: number;
}

/** A column of a segment. */
export interface SqlServerColumn extends Column {
  cast: Cast;
  scale?: number;
}

/** 121: `2026-01-31 10:20:30.1234567 +02:00`; 3: 17 digits; 2: four decimals. */
const [MOMENT, FLOAT, MONEY] = [121, 3, 2];
const INTEGER: Cast = { kind: 'integer', length: 20 };
const BIT: Cast = { kind: 'boolean', length: 1 };
const DECIMAL: Cast = { kind: 'decimal', length: 41 };
const MONETARY: Cast = { kind: 'decimal', length: 30, style: MONEY };
const DOUBLE: Cast = { kind: 'float', length: 40, style: FLOAT };
const REAL: Cast = { ...DOUBLE, spelling: 'real' };
const STAMP: Cast = { kind: 'timestamp', length: 40, style: MOMENT };
const TEXT: Cast = { kind: 'text' };
const PADDED: Cast = { kind: 'text', spelling: 'padded' };

/** By the names of tedious' data types; one with an N is nullable, and has a length. */
const CASTS: Record<string, Cast> = {
  TinyInt: INTEGER,
  SmallInt: INTEGER,
  Int: INTEGER,
  BigInt: INTEGER,
  IntN: INTEGER,
  Bit: BIT,
  BitN: BIT,
  Decimal: DECIMAL,
  DecimalN: DECIMAL,
  Numeric: DECIMAL,
  NumericN: DECIMAL,
  Money: MONETARY,
  MoneyN: MONETARY,
  SmallMoney: MONETARY,
  Float: DOUBLE,
  Real: REAL,
  Date: { kind: 'date', length: 10, style: MOMENT },
  DateTime: STAMP,
  DateTimeN: STAMP,
  DateTime2: STAMP,
  SmallDateTime: STAMP,
  DateTimeOffset: { kind: 'timestamptz', length: 40, style: MOMENT },
  UniqueIdentifier: { kind: 'text', length: 36, spelling: 'guid' },
  Char: PADDED,
  NChar: PADDED,
  VarChar: TEXT,
  NVarChar: TEXT,
  Text: TEXT,
  NText: TEXT,
};

/** Texts up to this length are sent faster as nvarchar(n) than as nvarchar(max). */
const LONGEST = 4_000;
const [REAL_BYTES, MAX] = [4, 65_535];

/** Describes a column by what the server tells before the rows. */
export function columnOf({ colName: name, type, dataLength, precision, scale }: Field): SqlServerColumn {
  const known = type.name === 'FloatN' ? (dataLength === REAL_BYTES ? REAL : DOUBLE) : CASTS[type.name];
  const cast = known ?? { kind: 'unsupported' };
  const isText = cast.kind === 'text' && cast.length === undefined;
  const length = isText ? lengthOf(type.name, dataLength) : undefined;
  const numbers = type.name.startsWith('Decimal') || type.name.startsWith('Numeric');
  const suffix = numbers ? `(${precision},${scale})` : isText ? `(${length ?? 'max'})` : '';
  return {
    name,
    kind: cast.kind,
    databaseType: (type.name === 'IntN' ? INTEGERS[dataLength ?? 4]! : nameOf(type.name)) + suffix,
    cast: { ...cast, length: cast.length ?? length },
    scale: numbers ? scale : cast === MONETARY ? 4 : undefined,
  };
}

/** The names of nullable integers by their bytes. */
const INTEGERS: Record<number, string> = { 1: 'tinyint', 2: 'smallint', 4: 'int', 8: 'bigint' };

function nameOf(type: string): string {
  return type.replace(/N$/, '').toLowerCase();
}

/** The characters of a text; undefined for the types without a limit, and for long ones. */
function lengthOf(type: string, bytes = MAX): number | undefined {
  const characters = type.startsWith('N') ? bytes / 2 : bytes;
  return characters > LONGEST || characters < 1 ? undefined : characters;
}

/** Selects a column as text. */
export function expressionOf({ name, cast: { length, style } }: SqlServerColumn): string {
  const styled = style === undefined ? '' : `, ${style}`;
  return `convert(nvarchar(${length ?? 'max'}), ${quote(name)}${styled})`;
}

/** Changes the bytes of a value into the text that kinds.ts defines; undefined: it is the same. */
export function conversionOf({ kind, cast: { spelling }, scale }: SqlServerColumn): Conversion | undefined {
  if (spelling === 'padded') return withoutPadding;
  if (spelling === 'guid') return inLowerCase;
  const convert = conversionFor(kind, scale);
  if (spelling === 'real') return (bytes, start, end) => convert!(bytes, start, shortened(bytes, start, end));
  if (kind === 'timestamp')
    return (bytes, start, end) => convert!(bytes, start, Math.min(end, start + MICROS));
  return kind === 'date' ? undefined : convert;
}

/** The most bytes of a character. */
const WIDEST = 3;

/** The text of one value, as {@link conversionOf} changes it. */
export function textOf(text: string, column: SqlServerColumn): string {
  const convert = conversionOf(column);
  if (convert === undefined) return text;
  const bytes = Buffer.alloc(WIDEST * text.length + SLACK);
  return bytes.toString('utf8', 0, convert(bytes, 0, bytes.write(text)));
}

/** The characters of style 121 up to microseconds; a seventh digit is left out. */
const MICROS = 'dddd-dd-dd dd:dd:dd.dddddd'.length;
const [SPACE, LETTER_A, LETTER_Z, CASE] = [32, 65, 90, 32];

function withoutPadding(bytes: Buffer, start: number, end: number): number {
  let last = end;
  while (last > start && bytes[last - 1] === SPACE) last -= 1;
  return last;
}

/** As PostgreSQL prints a UUID. */
function inLowerCase(bytes: Buffer, start: number, end: number): number {
  for (let at = start; at < end; at++) {
    if (bytes[at]! >= LETTER_A && bytes[at]! <= LETTER_Z) bytes[at]! += CASE;
  }
  return end;
}

/** A real of 24 bits has fewer digits than its text of a double of 53 bits: 0.1, not 0.10000000149011612. */
function shortened(bytes: Buffer, start: number, end: number): number {
  const real = Math.fround(Number(bytes.toString('latin1', start, end)));
  if (real === 0) return end; // its sign would be lost
  const digits = [6, 7, 8, 9].find((count) => Math.fround(Number(real.toPrecision(count))) === real);
  return digits === undefined ? end : start + bytes.write(real.toPrecision(digits), start, 'latin1');
}
