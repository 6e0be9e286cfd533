/*
 * Messages of PostgreSQL's protocol, version 3: a type of one byte, the length in four, the rest. The first message of
 * a client has no type. See https://www.postgresql.org/docs/current/protocol-message-formats.html
 */

export interface Message {
  /** One letter; empty for the first message. */
  type: string;
  body: Buffer;
  /** The whole message, as it arrived. */
  raw: Buffer;
}

/** Cuts what arrives into messages. */
export class Messages {
  #pending: Buffer = Buffer.alloc(0);

  /** The messages that are complete. @param untyped whether the next one has no type */
  *take(chunk: Buffer, untyped: () => boolean): Generator<Message> {
    let data = this.#pending.length > 0 ? Buffer.concat([this.#pending, chunk]) : chunk;
    for (;;) {
      const offset = untyped() ? 0 : 1;
      if (data.length < offset + 4) break;
      const length = offset + data.readInt32BE(offset);
      if (data.length < length) break;
      const raw = data.subarray(0, length);
      data = data.subarray(length);
      const type = offset === 0 ? '' : String.fromCharCode(raw[0]!);
      yield { type, body: raw.subarray(offset + 4), raw };
    }
    this.#pending = data;
  }
}

export function message(type: string, ...parts: (Buffer | string)[]): Buffer {
  const body = Buffer.concat(
    parts.map((part) => (typeof part === 'string' ? Buffer.from(`${part}\0`) : part)),
  );
  const head = Buffer.alloc(type.length + 4);
  head.write(type, 'latin1');
  head.writeInt32BE(body.length + 4, type.length);
  return Buffer.concat([head, body]);
}

/** The fields of an error by their letters: C is the code, M the message, P the position. */
export type ErrorFields = Record<string, string>;

export function errorFields(body: Buffer): ErrorFields {
  const fields = body.toString().split('\0').filter((field) => field !== ''); // prettier-ignore
  return Object.fromEntries(fields.map((field) => [field[0]!, field.slice(1)]));
}

export function errorMessage(fields: ErrorFields): Buffer {
  return message('E', ...Object.entries(fields).map(([letter, text]) => letter + text), Buffer.from([0]));
}

/** The types of the columns of a RowDescription. */
export function oidsOf(body: Buffer): number[] {
  const oids: number[] = [];
  for (let at = 2; at < body.length;) {
    at = body.indexOf(0, at) + 1;
    oids.push(body.readUInt32BE(at + 6));
    at += 18;
  }
  return oids;
}
