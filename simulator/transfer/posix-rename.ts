import type { SFTPWrapper } from 'ssh2';

/** OpenSSH's extension of SFTP v3 for a rename that replaces its target atomically. */
export const POSIX_RENAME = 'posix-rename@openssh.com';
const REVISION = '1';

interface Internals {
  _protocol: { channelData(channel: number, payload: Buffer): void };
  outgoing: { window: number };
}

/** Makes an SFTP session announce posix-rename. Without this, clients do not send it. */
export function announcePosixRename(session: SFTPWrapper): void {
  announceExtensions(session, { [POSIX_RENAME]: REVISION });
}

/**
 * Makes an SFTP session announce extensions, by name and revision. ssh2 (1.17) has no API for this. Its VERSION packet
 * is constant and always the first packet of a session, so this function replaces the first packet.
 */
export function announceExtensions(session: SFTPWrapper, extensions: Record<string, string>): void {
  const pairs = Object.entries(extensions).flat().map(text);
  // SSH_FXP_VERSION, protocol version 3.
  const version = packet(Buffer.concat([Buffer.from([2, 0, 0, 0, 3]), ...pairs]));
  const internals = session as unknown as Internals;
  const protocol = internals._protocol;
  internals._protocol = Object.create(protocol, {
    channelData: {
      value: (channel: number, replaced: Buffer) => {
        internals._protocol = protocol;
        internals.outgoing.window -= version.length - replaced.length;
        protocol.channelData(channel, version);
      },
    },
  }) as Internals['_protocol'];
}

/** Returns the two paths of a posix-rename request: the old one and the new one. */
export function readPosixRename(data: Buffer): [from: string, to: string] {
  const length = data.readUInt32BE(0);
  const from = data.toString('utf8', 4, 4 + length);
  return [from, data.toString('utf8', 8 + length, 8 + length + data.readUInt32BE(4 + length))];
}

function text(value: string): Buffer {
  return packet(Buffer.from(value));
}

/** In SFTP, the length precedes the content. */
function packet(content: Buffer): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(content.length);
  return Buffer.concat([length, content]);
}
