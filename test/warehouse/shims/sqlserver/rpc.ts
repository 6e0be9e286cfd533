/* RPC requests, [MS-TDS] 2.2.6.6, of sp_executesql and sp_describe_first_result_set. */

interface Call {
  procedure: string;
  /** The statement, with the values of its parameters in the place of their names. */
  sql: string;
}

const PROCEDURES: Record<number, string> = { 10: 'sp_executesql' };

export function readCall(request: Buffer): Call {
  let at = request.readUInt32LE(0); // ALL_HEADERS
  const length = request.readUInt16LE(at);
  at += 2;
  let procedure: string;
  if (length === 0xffff) {
    procedure = PROCEDURES[request.readUInt16LE(at)] ?? `procedure ${request.readUInt16LE(at)}`;
    at += 2;
  } else {
    procedure = request.subarray(at, at + length * 2).toString('utf16le').toLowerCase().replace(/^sys\./, ''); // prettier-ignore
    at += length * 2;
  }
  at += 2; // flags
  const parameters: { name: string; value: string }[] = [];
  while (at < request.length && request[at] !== 0xff && request[at] !== 0x80) {
    const nameLength = request[at]!;
    const name = request.subarray(at + 1, at + 1 + nameLength * 2).toString('utf16le').toLowerCase(); // prettier-ignore
    const { value, end } = readValue(request, at + 1 + nameLength * 2 + 1);
    parameters.push({ name, value });
    at = end;
  }
  const text = parameters[0]?.value ?? "N''";
  const sql = text.slice(2, -1).replaceAll("''", "'");
  const values = new Map(parameters.slice(2).map(({ name, value }) => [name, value]));
  return { procedure, sql: sql.replace(/@\w+/g, (name) => values.get(name.toLowerCase()) ?? name) };
}

/** A value as a literal of T-SQL. */
function readValue(data: Buffer, start: number): { value: string; end: number } {
  const type = data[start]!;
  let at = start + 1;
  if (type === 0xe7) {
    const size = data.readUInt16LE(at);
    at += 7; // and the collation
    if (size === 0xffff) return readChunks(data, at);
    const length = data.readUInt16LE(at);
    at += 2;
    return length === 0xffff
      ? { value: 'null', end: at }
      : { value: text(data.subarray(at, at + length)), end: at + length };
  }
  if (type !== 0x26 && type !== 0x68 && type !== 0x6d)
    throw new Error(`The shim reads no parameter of type ${type}.`);
  const length = data[at + 1]!;
  at += 2;
  const bytes = data.subarray(at, at + length);
  const number = type === 0x6d ? (length === 4 ? bytes.readFloatLE() : bytes.readDoubleLE()) : signed(bytes);
  return { value: length === 0 ? 'null' : String(number), end: at + length };
}

function signed(bytes: Buffer): bigint {
  const unsigned = BigInt(`0x${Buffer.from(bytes).reverse().toString('hex') || '0'}`);
  return bytes.length > 1 ? BigInt.asIntN(bytes.length * 8, unsigned) : unsigned;
}

function readChunks(data: Buffer, start: number): { value: string; end: number } {
  if (data.readBigUInt64LE(start) === 0xffffffffffffffffn) return { value: 'null', end: start + 8 };
  const parts: Buffer[] = [];
  let at = start + 8;
  for (let size = data.readUInt32LE(at); size > 0; size = data.readUInt32LE(at)) {
    parts.push(data.subarray(at + 4, at + 4 + size));
    at += 4 + size;
  }
  return { value: text(Buffer.concat(parts)), end: at + 4 };
}

const text = (bytes: Buffer) => `N'${bytes.toString('utf16le').replaceAll("'", "''")}'`;
