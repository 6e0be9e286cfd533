import { once } from 'node:events';
import { connect, createServer, type AddressInfo } from 'node:net';
import { openWarehouse } from '../../../warehouse/open.ts';
import type { Warehouse } from '../../../warehouse/source.ts';
import { READER } from '../../warehouse/reading.ts';
import type { Certificates } from '../../support/certificates.ts';
import { startMariadb, type Mariadb } from './mariadb.ts';

type Changes = Partial<{ statementTimeout: number; url: string }>;

/** A server with the database `shop`, and its user `reader`. */
export interface MysqlShop {
  server: Mariadb;
  isMariadb: boolean;
  url: string;
  open(changes?: Changes): Promise<Warehouse>;
  opening(changes?: Changes): Parameters<typeof openWarehouse>;
  /** The ids of the connections of the reader that do something, with their statements. */
  busy(): Promise<(string | null)[][]>;
}

/**
 * @param numbers how many rows the table `numbers` has at least
 * @param certificates with them, the server offers TLS, and can require a certificate of the client
 */
export async function startShop(numbers: number, certificates?: Certificates): Promise<MysqlShop> {
  const server = await startMariadb(certificates);
  await server.admin('drop database if exists shop; create database shop; use shop');
  await server.admin(`
    set names utf8mb4;
    drop user if exists reader;
    create user reader identified by 'p%w';
    grant all on shop.* to reader;
    create table numbers (i int primary key) engine = myisam;
    insert into numbers values (1);
    create table written (id int);
    create function write_one() returns int modifies sql data begin insert into written values (1); return 1; end;
    create table kinds (truth boolean, bit_truth bit(1), nine_bits bit(9), zerofilled int(6) zerofill,
      padded_price decimal(8, 2) zerofill, small float, large double, fixed double(10, 2), no_date date, no_time datetime,
      moment datetime(6), instant timestamp(3) null, year year, mood enum('glad', 'sad'), hobbies set('art', 'tea'),
      fives char(5), document json);
    set sql_mode = '', time_zone = '+02:00';
    insert into kinds values (true, b'1', b'100000001', 42, 7.5, 16777217, 0.1, 2.5, 0, 0, '2026-01-31 10:20:30.123',
      '2026-01-31 10:20:30', 2026, 'glad', 'art,tea', 'ab', '{"a":1}')`);
  for (let rows = 1; rows < numbers; rows *= 2)
    await server.admin(`insert into numbers select i + ${rows} from numbers`);
  const [[version]] = (await server.admin('select version()')) as [[string]];
  const ownUrl = `mysql://reader:p%25w@${server.host}:${server.port}/shop`;
  const opening: MysqlShop['opening'] = ({ statementTimeout = 600_000, url = ownUrl } = {}) => {
    const source = { driver: 'mysql' as const, connection: { env: 'SHOP_DATABASE_URL' }, statementTimeout };
    return [source, { SHOP_DATABASE_URL: url }, READER];
  };
  return {
    server,
    isMariadb: /maria/i.test(version),
    url: ownUrl,
    open: (changes) => openWarehouse(...opening(changes)),
    opening,
    busy: () =>
      server.admin(`select id, info from information_schema.processlist
        where user = 'reader' and command not in ('Sleep', 'Killed')`),
  };
}

/** A proxy to the server that changes the count of rows in one answer. It must not be encrypted. */
export async function startMiscounting({ url, server }: MysqlShop) {
  const proxy = createServer((client) => {
    const peer = connect(server.port, server.host);
    let isAsked = false;
    client.on('data', (chunk) => {
      isAsked ||= chunk.includes('found_rows');
      peer.write(chunk);
    });
    peer.on('data', (chunk) => {
      if (isAsked) chunk = Buffer.from(chunk.toString('latin1').replace('\x041000', '\x041001'), 'latin1');
      client.write(chunk);
    });
    for (const [one, other] of [
      [client, peer],
      [peer, client],
    ] as const) {
      one.on('error', () => undefined);
      one.on('close', () => other.destroy());
    }
  }).listen(0, '127.0.0.1');
  await once(proxy, 'listening');
  const through = new URL(url);
  through.port = String((proxy.address() as AddressInfo).port);
  through.search = '?sslmode=disable';
  return { url: through.href, close: () => void proxy.close() };
}
