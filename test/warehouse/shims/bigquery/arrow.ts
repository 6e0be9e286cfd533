import type { DuckDBDateValue } from '@duckdb/node-api';
import {
  DuckDBBlobValue,
  DuckDBDecimalValue,
  DuckDBListValue,
  DuckDBStructValue,
  DuckDBTimestampTZValue,
  DuckDBTimestampValue,
  DuckDBTimeValue,
  type DuckDBValue,
} from '@duckdb/node-api';
import {
  Binary,
  Bool,
  DateDay,
  Decimal,
  Field as ArrowField,
  Float64,
  Int64,
  List,
  makeData,
  RecordBatch,
  RecordBatchStreamWriter,
  Schema,
  Struct,
  TimeMicrosecond,
  TimestampMicrosecond,
  Utf8,
  type Data,
  type DataType,
} from 'apache-arrow';
import { specialText } from './cells.ts';
import type { Field } from './types.ts';

/** An IPC stream ends with a continuation marker and a length of zero. */
const END_OF_STREAM = 8;

/** Digits after the point: NUMERIC has 9 of 38, BIGNUMERIC 38 of 76. */
const NUMERIC = { precision: 38, scale: 9, bits: 128 };
const BIGNUMERIC = { precision: 76, scale: 38, bits: 256 };

/** The Arrow schema of a table, by https://cloud.google.com/bigquery/docs/reference/storage#arrow_schema_details */
export function arrowSchemaOf(fields: readonly Field[]): Schema {
  return new Schema(fields.map((field) => arrowField(field)));
}

/** The schema as `ArrowSchema.serialized_schema` has it: one encapsulated IPC message. */
export function serializedSchema(schema: Schema): Uint8Array {
  const stream = streamOf(schema, []);
  return stream.subarray(0, stream.length - END_OF_STREAM);
}

/** Rows as `ArrowRecordBatch.serialized_record_batch` has them: one encapsulated IPC message, without the schema. */
export function serializedBatch(
  schema: Schema,
  fields: readonly Field[],
  rows: readonly DuckDBValue[][],
): Uint8Array {
  const children = fields.map((field, column) =>
    dataOf(
      field,
      rows.map((row) => row[column]!),
    ),
  );
  const type = new Struct(schema.fields);
  const batch = new RecordBatch(schema, makeData({ type, length: rows.length, nullCount: 0, children }));
  const stream = streamOf(schema, [batch]);
  return stream.subarray(serializedSchema(schema).length, stream.length - END_OF_STREAM);
}

function streamOf(schema: Schema, batches: RecordBatch[]): Uint8Array {
  const writer = new RecordBatchStreamWriter();
  writer.reset(undefined, schema);
  for (const batch of batches) writer.write(batch);
  writer.finish();
  return writer.toUint8Array(true);
}

function arrowField(field: Field): ArrowField {
  return new ArrowField(field.name, arrowType(field), field.mode === 'NULLABLE');
}

function arrowType(field: Field): DataType {
  if (field.mode === 'REPEATED') return new List(arrowField({ ...field, name: 'item', mode: 'NULLABLE' }));
  switch (field.type) {
    case 'BOOLEAN':
      return new Bool();
    case 'INTEGER':
      return new Int64();
    case 'FLOAT':
      return new Float64();
    case 'NUMERIC':
      return new Decimal(NUMERIC.scale, NUMERIC.precision, NUMERIC.bits);
    case 'BIGNUMERIC':
      return new Decimal(BIGNUMERIC.scale, BIGNUMERIC.precision, BIGNUMERIC.bits);
    case 'BYTES':
      return new Binary();
    case 'DATE':
      return new DateDay();
    case 'TIME':
      return new TimeMicrosecond();
    case 'DATETIME':
      return new TimestampMicrosecond();
    case 'TIMESTAMP':
      return new TimestampMicrosecond('UTC');
    case 'RECORD':
      return new Struct(field.fields!.map((inner) => arrowField(inner)));
    default:
      return new Utf8(); // STRING, JSON and GEOGRAPHY
  }
}

/** A column of values. */
function dataOf(field: Field, values: readonly DuckDBValue[]): Data {
  const type = arrowType(field);
  const length = values.length;
  if (field.mode === 'REPEATED') {
    const lists = values.map((value) => (value instanceof DuckDBListValue ? value.items : []));
    const child = dataOf({ ...field, mode: 'NULLABLE' }, lists.flat());
    const valueOffsets = offsetsOf(lists.map((list) => list.length));
    return makeData({ type: type as List, length, nullCount: 0, valueOffsets, child });
  }
  const common = {
    length,
    nullCount: values.filter((value) => value === null).length,
    nullBitmap: bitmapOf(values, (value) => value !== null),
  };
  if (field.type === 'RECORD') {
    const children = field.fields!.map((inner) =>
      dataOf(
        inner,
        values.map((value) => (value === null ? null : (value as DuckDBStructValue).entries[inner.name]!)),
      ),
    );
    return makeData({ type: type as Struct, ...common, children });
  }
  switch (field.type) {
    case 'BOOLEAN':
      return makeData({ type: type as Bool, ...common, data: bitmapOf(values, (value) => value === true) });
    case 'FLOAT':
      return makeData({
        type: type as Float64,
        ...common,
        data: Float64Array.from(values, (value) => Number(value ?? 0)),
      });
    case 'DATE':
      return makeData({
        type: type as DateDay,
        ...common,
        data: Int32Array.from(values, (value) => (value as DuckDBDateValue | null)?.days ?? 0),
      });
    case 'NUMERIC':
      return makeData({ type: type as Decimal, ...common, data: decimals(values, NUMERIC) });
    case 'BIGNUMERIC':
      return makeData({ type: type as Decimal, ...common, data: decimals(values, BIGNUMERIC) });
    case 'INTEGER':
    case 'TIME':
    case 'DATETIME':
    case 'TIMESTAMP':
      return makeData({ type: type as Int64, ...common, data: BigInt64Array.from(values, integerOf) });
    default: {
      const texts = values.map((value) => bytesOf(value));
      const valueOffsets = offsetsOf(texts.map((text) => text.length));
      return makeData({ type: type as Utf8, ...common, valueOffsets, data: Buffer.concat(texts) });
    }
  }
}

function integerOf(value: DuckDBValue): bigint {
  if (value === null) return 0n;
  if (value instanceof DuckDBTimestampTZValue || value instanceof DuckDBTimestampValue) return value.micros;
  if (value instanceof DuckDBTimeValue) return value.micros;
  return BigInt(value as number | bigint);
}

function bytesOf(value: DuckDBValue): Buffer {
  if (value === null) return Buffer.alloc(0);
  if (value instanceof DuckDBBlobValue) return Buffer.from(value.bytes);
  return Buffer.from(value instanceof DuckDBStructValue ? specialText(value) : (value as string), 'utf8');
}

/** Decimals as little-endian words of 32 bits in two's complement. */
function decimals(values: readonly DuckDBValue[], { scale, bits }: typeof NUMERIC): Uint32Array {
  const width = bits / 32;
  const words = new Uint32Array(values.length * width);
  values.forEach((value, index) => {
    let rest = BigInt.asUintN(bits, unscaled(value, scale));
    for (let word = 0; word < width; word++, rest >>= 32n) {
      words[index * width + word] = Number(rest & 0xffff_ffffn);
    }
  });
  return words;
}

function unscaled(value: DuckDBValue, scale: number): bigint {
  if (value === null) return 0n;
  if (value instanceof DuckDBDecimalValue) return value.value * 10n ** BigInt(scale - value.scale);
  const [whole = '0', fraction = ''] = specialText(value as DuckDBStructValue).split('.');
  const digits = BigInt(whole.replace('-', '') + fraction.padEnd(scale, '0'));
  return whole.startsWith('-') ? -digits : digits;
}

function bitmapOf(values: readonly DuckDBValue[], isSet: (value: DuckDBValue) => boolean): Uint8Array {
  const bitmap = new Uint8Array(Math.ceil(values.length / 8));
  values.forEach((value, index) => {
    if (isSet(value)) bitmap[index >> 3]! |= 1 << (index & 7);
  });
  return bitmap;
}

function offsetsOf(lengths: readonly number[]): Int32Array {
  const offsets = new Int32Array(lengths.length + 1);
  lengths.forEach((length, index) => (offsets[index + 1] = offsets[index]! + length));
  return offsets;
}
