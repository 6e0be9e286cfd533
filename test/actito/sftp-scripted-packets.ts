import type { SFTPWrapper } from 'ssh2';

/* Packets that the server of ssh2 cannot send. */

/** A status that ssh2's server does not know, and would turn into a plain failure. */
export function sendStatus(sftp: SFTPWrapper, id: number, code: number): void {
  const words = Buffer.from('words-qz7 of the server');
  const packet = Buffer.alloc(4 + 1 + 4 + 4 + 4 + words.length + 4);
  packet[4] = 101;
  packet.writeUInt32BE(code, 9);
  packet.writeUInt32BE(words.length, 13);
  words.copy(packet, 17);
  send(sftp, id, packet);
}

/** SSH_FXP_EXTENDED_REPLY, which the server of ssh2 cannot send. */
export function replyFileSystem(
  sftp: SFTPWrapper,
  id: number,
  { free, freeFiles, flags }: { free: number; freeFiles: number; flags: number },
) {
  const told = [4096, 4096, 1_000, free, free, 1_000, freeFiles, freeFiles, 1, flags, 255];
  const packet = Buffer.alloc(4 + 1 + 4 + told.length * 8);
  packet[4] = 201;
  told.forEach((value, i) => packet.writeBigUInt64BE(BigInt(value), 9 + i * 8));
  send(sftp, id, packet);
}

/** Sends a packet past ssh2, with its length and the request's id filled in. */
function send(sftp: SFTPWrapper, id: number, packet: Buffer): void {
  packet.writeUInt32BE(packet.length - 4);
  packet.writeUInt32BE(id, 5);
  const { _protocol, outgoing } = sftp as unknown as {
    _protocol: { channelData(channel: number, payload: Buffer): void };
    outgoing: { id: number };
  };
  _protocol.channelData(outgoing.id, packet);
}
