import { once } from 'node:events';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { Readable } from 'node:stream';
import { ENCRYPTION, preloginReply, readLogin } from '../../../test/warehouse/shims/sqlserver/login.ts';
import { PACKET, Packets, PacketWriter } from '../../../test/warehouse/shims/sqlserver/packets.ts';
import {
  COLLATION,
  columnMetadata,
  done,
  DONE,
  envChange,
  loginAck,
  row,
} from '../../../test/warehouse/shims/sqlserver/stream.ts';
import { wireType } from '../../../test/warehouse/shims/sqlserver/types.ts';
import { COLUMNS, customers } from '../rows.ts';
import { partsOf } from './parts.ts';

/** About 0.2 MB of rows. */
const BLOCK = 1_000;
const PACKET_SIZE = 4096;

/** NVARCHAR(100), [MS-TDS] 2.2.5.4.2: the length of a value is before it, in two bytes. */
const TEXT = Buffer.concat([Buffer.from([0xe7, 200, 0]), COLLATION]);
const text = (value: string) => {
  const bytes = Buffer.from(value, 'utf16le');
  return Buffer.concat([Buffer.from([bytes.length & 0xff, bytes.length >> 8]), bytes]);
};
const columnsOf = (types: Buffer[]) => columnMetadata(types.map((type, i) => ({ name: COLUMNS[i]!, type })));
const DESCRIBED = columnsOf([
  TEXT,
  TEXT,
  ...['INTEGER', 'DECIMAL(10,2)', 'BOOLEAN', 'TIMESTAMP WITH TIME ZONE'].map((type) => wireType(type).info),
]);
/** All columns are converted to texts by the statement of the driver. */
const READ = columnsOf(COLUMNS.map(() => TEXT));
/** What the driver asks about the database: no SNAPSHOT isolation, but READ_COMMITTED_SNAPSHOT. */
const INTEGER = wireType('INTEGER');
const ISOLATION = [
  columnsOf([INTEGER.info, INTEGER.info]),
  row(['0', '1'].map((value) => INTEGER.encode(value))),
];

/** Replays SQL Server: TDS 7.4 without TLS. */
export async function replaySqlServer(rows: number): Promise<{ url: string }> {
  const blocks = partsOf(rows, BLOCK, (count) =>
    Buffer.concat(
      customers(count, ({ email, externalId, orders, spent, active, lastOrderAt }) =>
        row(
          [email, externalId, `${orders}`, spent, active ? '1' : '0', `${lastOrderAt}.0000000 +00:00`].map(
            text,
          ),
        ),
      ),
    ),
  );
  const read = [READ, ...blocks.map(({ content }) => content)];

  /** The parts of an answer to a batch. */
  function answer(sql: string): Buffer[] {
    if (sql.includes('snapshot_isolation_state')) return [...ISOLATION, done(DONE.count, 1)];
    if (sql.includes('top (0)')) return [DESCRIBED, done(DONE.count, 0)];
    return sql.startsWith('select ') ? [...read, done(DONE.count, rows)] : [done(0)];
  }

  const server = createServer((socket) => {
    socket.on('error', () => undefined); // the reader has ended
    const packets = new Packets();
    socket.on('data', (chunk: Buffer) => {
      for (const { type, body } of packets.take(chunk)) {
        if (type === PACKET.prelogin) send(socket, [preloginReply(ENCRYPTION.notSupported)]);
        else if (type === PACKET.login) send(socket, loggedIn(body));
        else send(socket, answer(body.subarray(body.readUInt32LE(0)).toString('utf16le')));
      }
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { url: `tcp://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

function loggedIn(body: Buffer): Buffer[] {
  const { version } = readLogin(body);
  return [envChange(1, 'shop', 'master'), loginAck(version), done(0)];
}

/** Sends a message as fast as the driver reads it. */
function send(socket: Socket, parts: Buffer[]): void {
  const writer = new PacketWriter(PACKET.reply, PACKET_SIZE);
  function* packets() {
    for (const [index, part] of parts.entries()) yield writer.take(part, index === parts.length - 1);
  }
  Readable.from(packets()).pipe(socket, { end: false });
}
