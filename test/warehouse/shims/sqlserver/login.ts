/* PRELOGIN, [MS-TDS] 2.2.6.5, and LOGIN7, 2.2.6.4. */

export const ENCRYPTION = { off: 0, on: 1, notSupported: 2, required: 3 };

/** What the client says about encryption. */
export function encryptionOf(prelogin: Buffer): number {
  for (let at = 0; prelogin[at] !== 0xff && at + 5 <= prelogin.length; at += 5) {
    if (prelogin[at] === 1) return prelogin[prelogin.readUInt16BE(at + 1)]!;
  }
  return ENCRYPTION.notSupported;
}

/** The answer: version 16.0.1000, encryption, no instance, no thread, no MARS. */
export function preloginReply(encryption: number): Buffer {
  const options: [number, Buffer][] = [
    [0, Buffer.from([16, 0, 0x03, 0xe8, 0, 0])],
    [1, Buffer.from([encryption])],
    [2, Buffer.from([0])],
    [3, Buffer.alloc(0)],
    [4, Buffer.from([0])],
  ];
  let offset = options.length * 5 + 1;
  const heads = options.map(([token, data]) => {
    const head = Buffer.from([token, offset >> 8, offset & 0xff, data.length >> 8, data.length & 0xff]);
    offset += data.length;
    return head;
  });
  return Buffer.concat([...heads, Buffer.from([0xff]), ...options.map(([, data]) => data)]);
}

export interface Login {
  /** TDS version, such as 0x74000004. */
  version: number;
  packetSize: number;
  user: string;
  password: string;
  application: string;
  database: string;
}

export function readLogin(body: Buffer): Login {
  const field = (at: number) => {
    const start = body.readUInt16LE(at);
    return body.subarray(start, start + body.readUInt16LE(at + 2) * 2);
  };
  const password = Buffer.from(field(44)).map((byte) => {
    const plain = byte ^ 0xa5; // 2.2.6.4: halves swapped, then XOR with 0xA5
    return ((plain & 0x0f) << 4) | (plain >> 4);
  });
  return {
    version: body.readUInt32LE(4),
    packetSize: body.readUInt32LE(8),
    user: field(40).toString('utf16le'),
    password: Buffer.from(password).toString('utf16le'),
    application: field(48).toString('utf16le'),
    database: field(68).toString('utf16le'),
  };
}
