/* Packets of TDS: [MS-TDS] 2.2.3.1. A header of eight bytes: type, status, length, process, number, window. */

export const PACKET = { batch: 1, rpc: 3, reply: 4, attention: 6, transaction: 14, login: 16, prelogin: 18 };

const HEADER = 8;
const LAST = 1;

export interface TdsMessage {
  type: number;
  body: Buffer;
}

/** Puts packets together that arrive in pieces. */
export class Packets {
  #pending: Buffer = Buffer.alloc(0);
  #parts: Buffer[] = [];

  /** The messages that are complete. */
  take(chunk: Buffer): TdsMessage[] {
    const messages: TdsMessage[] = [];
    let data = Buffer.concat([this.#pending, chunk]);
    while (data.length >= HEADER && data.length >= data.readUInt16BE(2)) {
      const length = data.readUInt16BE(2);
      this.#parts.push(data.subarray(HEADER, length));
      if (data[1]! & LAST) messages.push({ type: data[0]!, body: Buffer.concat(this.#parts.splice(0)) });
      data = data.subarray(length);
    }
    this.#pending = data;
    return messages;
  }
}

/** Cuts a message that is written in pieces into packets of one size. */
export class PacketWriter {
  #pending: Buffer[] = [];
  #size = 0;
  #number = 1;
  readonly #type: number;
  readonly #packetSize: number;

  constructor(type: number, packetSize: number) {
    this.#type = type;
    this.#packetSize = packetSize;
  }

  /** The packets that are full, and after the end all others. */
  take(part: Buffer, end = false): Buffer {
    this.#pending.push(part);
    this.#size += part.length;
    const room = this.#packetSize - HEADER;
    if (this.#size <= room && !end) return Buffer.alloc(0);
    const data = Buffer.concat(this.#pending);
    const packets: Buffer[] = [];
    let at = 0;
    for (; data.length - at > room; at += room)
      packets.push(...this.#packet(data.subarray(at, at + room), 0));
    if (end) packets.push(...this.#packet(data.subarray(at), LAST));
    this.#pending = end ? [] : [data.subarray(at)];
    this.#size = end ? 0 : data.length - at;
    return Buffer.concat(packets);
  }

  #packet(body: Buffer, status: number): Buffer[] {
    const header = Buffer.alloc(HEADER);
    header[0] = this.#type;
    header[1] = status;
    header.writeUInt16BE(body.length + HEADER, 2);
    header[6] = this.#number++ & 0xff;
    return [header, body];
  }
}
