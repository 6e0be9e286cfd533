import { pipeline } from 'node:stream/promises';
import pg from 'pg';
import { from as copyFrom, to as copyTo } from 'pg-copy-streams';
import SftpClient from 'ssh2-sftp-client';
import { Readable } from 'node:stream';
import type { BenchStand } from './stand.ts';

/** What cannot be avoided: the rows once out of a PostgreSQL and into one, and the list's bytes over SFTP. */
export async function measureFloor({
  warehouse,
  sftp,
}: BenchStand): Promise<{ copy: number; upload: number }> {
  const [source, sink] = [new pg.Client(warehouse.options), new pg.Client(warehouse.options)];
  await Promise.all([source.connect(), sink.connect()]);
  await sink.query('create unlogged table floor (email text, a text, b text, c text, d text, e text)');
  let started = performance.now();
  await pipeline(
    source.query(
      copyTo(
        'copy (select email, first_name, country, spent, orders, last_order_at from people where active) to stdout',
      ),
    ),
    sink.query(copyFrom('copy floor from stdin')),
  );
  const copy = performance.now() - started;
  const list = await sink.query<{ list: string }>(`select string_agg(email, E'\\n') as list from floor`);
  await sink.query('drop table floor');
  await Promise.all([source.end(), sink.end()]);

  const client = new SftpClient('floor', {});
  await client.connect({ host: '127.0.0.1', ...sftp });
  started = performance.now();
  await client.put(Readable.from(Buffer.from(list.rows[0]!.list)), '/in/floor.part');
  const upload = performance.now() - started;
  await client.delete('/in/floor.part');
  await client.end();
  return { copy, upload };
}
