import type { Column, ColumnKind } from '../../activation/values/kinds.ts';
import { valueText } from '../sql/values.ts';
import { quote } from './query.ts';

/** How the server converts a value to text, so that no digit is lost. */
interface Conversion {
  kind: ColumnKind;
  /** The style of CONVERT: https://learn.microsoft.com/en-us/sql/t-sql/functions/cast-and-convert-transact-sql */
  style?: number;
  /** The longest text, in characters; undefined: up to nvarchar(max). */
  length?: number;
  /** What is done with the text afterwards. */
  spelling?: 'real' | 'padded' | 'guid';
}

/** What tedious tells of a column. */
export interface Described {
  colName: string;
  type: { name: string };
  dataLength?: number;
  precision?: number;
  scale?: number;
}

/** A column of a segment. */
export interface SqlServerColumn extends Column {
  conversion: Conversion;
  scale?: number;
}

/** 121: `2026-01-31 10:20:30.1234567 +02:00`; 3: 17 digits; 2: four decimals. */
const [MOMENT, FLOAT, MONEY] = [121, 3, 2];
const INTEGER: Conversion = { kind: 'integer', length: 20 };
const BIT: Conversion = { kind: 'boolean', length: 1 };
const DECIMAL: Conversion = { kind: 'decimal', length: 41 };
const MONETARY: Conversion = { kind: 'decimal', length: 30, style: MONEY };
const DOUBLE: Conversion = { kind: 'float', length: 40, style: FLOAT };
const REAL: Conversion = { ...DOUBLE, spelling: 'real' };
const STAMP: Conversion = { kind: 'timestamp', length: 40, style: MOMENT };
const TEXT: Conversion = { kind: 'text' };
const PADDED: Conversion = { kind: 'text', spelling: 'padded' };

/** By the names of tedious' data types; one with an N is nullable, and has a length. */
const CONVERSIONS: Record<string, Conversion> = {
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
export function columnOf({ colName: name, type, dataLength, precision, scale }: Described): SqlServerColumn {
  const known = type.name === 'FloatN' ? (dataLength === REAL_BYTES ? REAL : DOUBLE) : CONVERSIONS[type.name];
  const conversion = known ?? { kind: 'unsupported' };
  const isText = conversion.kind === 'text' && conversion.length === undefined;
  const length = isText ? lengthOf(type.name, dataLength) : undefined;
  const numbers = type.name.startsWith('Decimal') || type.name.startsWith('Numeric');
  const suffix = numbers ? `(${precision},${scale})` : isText ? `(${length ?? 'max'})` : '';
  return {
    name,
    kind: conversion.kind,
    databaseType: (type.name === 'IntN' ? INTEGERS[dataLength ?? 4]! : nameOf(type.name)) + suffix,
    conversion: { ...conversion, length: conversion.length ?? length },
    scale: numbers ? scale : conversion === MONETARY ? 4 : undefined,
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
  return bytes === MAX || characters > LONGEST || characters < 1 ? undefined : characters;
}

/** Selects a column as text. */
export function expressionOf({ name, conversion: { length, style } }: SqlServerColumn): string {
  const styled = style === undefined ? '' : `, ${style}`;
  return `convert(nvarchar(${length ?? 'max'}), ${quote(name)}${styled})`;
}

/** Returns the text of a value as kinds.ts defines it. */
export function textOf(text: string, { kind, conversion: { spelling }, scale }: SqlServerColumn): string {
  if (spelling === 'padded') return text.replace(/ +$/, '');
  if (spelling === 'guid') return text.toLowerCase(); // as PostgreSQL prints a UUID
  return valueText(spelling === 'real' ? shortestReal(text) : text, kind, scale);
}

/** A real of 24 bits has fewer digits than its text of a double of 53 bits: 0.1, not 0.10000000149011612. */
function shortestReal(text: string): string {
  const real = Math.fround(Number(text));
  if (real === 0) return text; // its sign would be lost
  const digits = [6, 7, 8, 9].find((count) => Math.fround(Number(real.toPrecision(count))) === real);
  return digits === undefined ? text : real.toPrecision(digits);
}
