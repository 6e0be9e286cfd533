import { Duplex } from 'node:stream';
import tls from 'node:tls';
import type net from 'node:net';
import { PACKET, PacketWriter, Packets } from './packets.ts';

/*
 * TLS as TDS 7.4 has it ([MS-TDS] 3.2.5.2): the handshake travels in PRELOGIN messages, everything after it directly on
 * the socket.
 */

const APPLICATION_DATA = 0x17;

export interface Certificate {
  key: string;
  cert: string;
}

/** The encrypted stream over a socket whose client is about to begin its handshake. TLS 1.2, as TDS 7.4 allows. */
export function encrypted(socket: net.Socket, certificate: Certificate): tls.TLSSocket {
  const packets = new Packets();
  const waiting: Buffer[] = [];
  let handshaking = true;
  const flush = () => {
    const data = Buffer.concat(waiting.splice(0));
    if (data.length > 0) socket.write(new PacketWriter(PACKET.prelogin, 4096).take(data, true));
  };
  const wire = new Duplex({
    read: () => void socket.resume(),
    write(chunk: Buffer, _encoding, callback) {
      if (!handshaking) {
        if (socket.write(chunk)) callback();
        else socket.once('drain', callback);
        return;
      }
      waiting.push(chunk); // what is written in one go is one message
      setImmediate(flush);
      callback();
    },
    final: (callback) => void socket.end(() => callback()),
  });
  socket.on('data', (chunk) => {
    if (handshaking && chunk[0] === APPLICATION_DATA) handshaking = false;
    const data = handshaking ? Buffer.concat(packets.take(chunk).map(({ body }) => body)) : chunk;
    if (data.length > 0 && !wire.push(data)) socket.pause();
  });
  socket.on('end', () => wire.push(null));
  socket.on('close', () => wire.destroy());
  return new tls.TLSSocket(wire, { isServer: true, ...certificate, maxVersion: 'TLSv1.2' });
}
