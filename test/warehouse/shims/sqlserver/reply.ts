import type { Duplex } from 'node:stream';
import type { Fault } from '../fault.ts';
import { hasRoom } from '../has-room.ts';
import { PACKET, PacketWriter } from './packets.ts';
import type { Result } from './statement.ts';
import { columnMetadata, done, DONE, row, SqlFailure, type SqlError } from './stream.ts';
import { wireType } from './types.ts';

/** What a value at a row that cannot be computed answers. */
const VALUE: SqlError = {
  number: 245,
  level: 16,
  message: "Conversion failed when converting the nvarchar value 'x' to data type int.",
};

/** One message to the client, written as fast as it reads. */
export class Reply {
  /** Rows of the last result, or that a statement changed; undefined if it has none. */
  rows: number | undefined;
  #statements = 0;
  readonly #stream: Duplex;
  readonly #packets: PacketWriter;

  constructor(stream: Duplex, packetSize: number) {
    this.#stream = stream;
    this.#packets = new PacketWriter(PACKET.reply, packetSize);
  }

  async write(part: Buffer): Promise<void> {
    await this.#send(this.#packets.take(part));
  }

  /** The last part. */
  async end(part: Buffer): Promise<void> {
    await this.#send(this.#packets.take(part, true));
  }

  /** Ends the statement before, if there was one: more follows. */
  async next(): Promise<void> {
    if (this.#statements++ === 0) return;
    await this.write(done(DONE.more | (this.rows === undefined ? 0 : DONE.count), this.rows));
    this.rows = undefined;
  }

  /** @throws SqlFailure of a fault; the reason of the signal */
  async result(
    result: Result,
    fault: () => Fault | undefined,
    signal: AbortSignal,
    cut: () => void,
  ): Promise<void> {
    const { columns } = result;
    if (result.changed !== undefined) {
      this.rows = result.changed;
      return;
    }
    await this.write(columnMetadata(columns.map(({ name, type }) => ({ name, type: type.info }))));
    let rows = 0;
    for await (const chunk of result.rows) {
      const parts: Buffer[] = [];
      for (const values of chunk) {
        rows++;
        const now = fault();
        if (now?.row === rows && now.kind !== 'count') {
          await this.write(Buffer.concat(parts));
          if (now.kind === 'value') throw new SqlFailure(VALUE);
          cut();
          return;
        }
        parts.push(row(values.map((value, i) => (value === null ? null : columns[i]!.type.encode(value)))));
      }
      signal.throwIfAborted();
      await this.write(Buffer.concat(parts));
    }
    signal.throwIfAborted();
    const last = fault();
    this.rows = rows + (last?.kind === 'count' && rows >= last.row ? last.difference : 0);
  }

  /** The rows of sp_describe_first_result_set; of its columns, those that tell names and types. */
  async description(columns: Result['columns']): Promise<void> {
    const shape = [
      'is_hidden',
      'column_ordinal',
      'name',
      'is_nullable',
      'system_type_id',
      'system_type_name',
    ];
    const types = ['BOOLEAN', 'INTEGER', 'VARCHAR', 'BOOLEAN', 'INTEGER', 'VARCHAR'].map(wireType);
    await this.write(columnMetadata(shape.map((name, i) => ({ name, type: types[i]!.info }))));
    for (const [i, { name, type }] of columns.entries()) {
      const values = [false, i + 1, name === '' ? null : name, true, type.info[0], type.name];
      await this.write(row(values.map((value, at) => (value === null ? null : types[at]!.encode(value)))));
    }
    this.rows = columns.length;
  }

  async #send(packets: Buffer): Promise<void> {
    if (packets.length === 0 || this.#stream.destroyed || this.#stream.write(packets)) return;
    await hasRoom(this.#stream);
  }
}
