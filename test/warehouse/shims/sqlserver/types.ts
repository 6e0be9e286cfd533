import { COLLATION } from './stream.ts';

/* Types on the wire, [MS-TDS] 2.2.5.4 to 2.2.5.6, for the types of DuckDB, whose values arrive as JSON. */

export interface WireType {
  /** TYPE_INFO */
  info: Buffer;
  /** As sp_describe_first_result_set names it. */
  name: string;
  /** A value that is not null. */
  encode(value: unknown): Buffer;
}

const DAY = 86_400_000;
/** Days from 0001-01-01 to 1970-01-01. */
const EPOCH = 719_162;

const days = (date: string) => Math.round(Date.parse(`${date}T00:00:00Z`) / DAY) + EPOCH;

/** Ten millionths of a second since midnight, in five bytes. */
function timeOfDay(text: string): Buffer {
  const [, h, m, s, fraction = ''] = /(\d+):(\d+):(\d+)(?:\.(\d+))?/.exec(text)!;
  const seconds = Number(h) * 3600 + Number(m) * 60 + Number(s);
  return integer(5, BigInt(seconds) * 10_000_000n + BigInt(fraction.padEnd(7, '0').slice(0, 7)));
}

function integer(size: number, value: bigint): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigInt64LE(value);
  return bytes.subarray(0, size);
}

const counted = (...parts: Buffer[]) => {
  const body = Buffer.concat(parts);
  return Buffer.concat([Buffer.from([body.length]), body]);
};

const int = (size: number, name: string): WireType => ({
  info: Buffer.from([0x26, size]),
  name,
  encode: (value) => counted(integer(size, BigInt(value as string))),
});

function decimal(precision: number, scale: number): WireType {
  const size = precision <= 9 ? 5 : precision <= 19 ? 9 : precision <= 28 ? 13 : 17;
  return {
    info: Buffer.from([0x6a, size, precision, scale]),
    name: `decimal(${precision},${scale})`,
    encode: (value) => {
      const text = String(value);
      const digits = BigInt(text.replace(/[-.]/g, ''));
      const hex = digits.toString(16).padStart((size - 1) * 2, '0');
      return counted(Buffer.from([text.startsWith('-') ? 0 : 1]), Buffer.from(hex, 'hex').reverse());
    },
  };
}

/** Size of a chunk of a long text; the specification leaves it to the server. */
const CHUNK = 8000;

/** PLP, 2.2.5.2.3: an unknown length, chunks, and one of no length. */
function chunks(text: string): Buffer {
  const data = Buffer.from(text, 'utf16le');
  const parts: Buffer[] = [Buffer.from('feffffffffffffff', 'hex')];
  for (let at = 0; at < data.length; at += CHUNK) {
    const chunk = data.subarray(at, at + CHUNK);
    parts.push(integer(4, BigInt(chunk.length)), chunk);
  }
  return Buffer.concat([...parts, Buffer.alloc(4)]);
}

const TYPES: Record<string, WireType> = {
  BOOLEAN: { info: Buffer.from([0x68, 1]), name: 'bit', encode: (value) => Buffer.from([1, value ? 1 : 0]) },
  UTINYINT: int(1, 'tinyint'),
  SMALLINT: int(2, 'smallint'),
  INTEGER: int(4, 'int'),
  BIGINT: int(8, 'bigint'),
  FLOAT: {
    info: Buffer.from([0x6d, 4]),
    name: 'real',
    encode: (value) => counted(floating(4, Number(value))),
  },
  DOUBLE: {
    info: Buffer.from([0x6d, 8]),
    name: 'float',
    encode: (value) => counted(floating(8, Number(value))),
  },
  DATE: {
    info: Buffer.from([0x28]),
    name: 'date',
    encode: (value) => counted(integer(3, BigInt(days(value as string)))),
  },
  TIMESTAMP: {
    info: Buffer.from([0x2a, 7]),
    name: 'datetime2(7)',
    encode: (value) =>
      counted(timeOfDay(value as string), integer(3, BigInt(days((value as string).slice(0, 10))))),
  },
  'TIMESTAMP WITH TIME ZONE': {
    info: Buffer.from([0x2b, 7]),
    name: 'datetimeoffset(7)', // all in UTC
    encode: (value) =>
      counted(
        timeOfDay(value as string),
        integer(3, BigInt(days((value as string).slice(0, 10)))),
        Buffer.alloc(2),
      ),
  },
};

const TEXT: WireType = {
  info: Buffer.concat([Buffer.from([0xe7, 0xff, 0xff]), COLLATION]),
  name: 'nvarchar(max)',
  encode: (value) => chunks(typeof value === 'string' ? value : JSON.stringify(value)),
};

function floating(size: 4 | 8, value: number): Buffer {
  const bytes = Buffer.alloc(size);
  if (size === 4) bytes.writeFloatLE(value);
  else bytes.writeDoubleLE(value);
  return bytes;
}

/** @param duck name of a type of DuckDB; types without a counterpart become text */
export function wireType(duck: string): WireType {
  const [, precision, scale] = /^DECIMAL\((\d+),(\d+)\)$/.exec(duck) ?? [];
  if (precision === '19' && scale === '4') return { ...decimal(19, 4), name: 'money' };
  return precision ? decimal(Number(precision), Number(scale)) : (TYPES[duck] ?? TEXT);
}
