import { createWriteStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import pg from 'pg';
import { from as copyFrom, to as copyTo } from 'pg-copy-streams';
import { timed } from '../commands.ts';
import type { BenchActito } from './actito.ts';
import { putBySftp } from './sftp-client.ts';
import { SEGMENT } from './warehouse.ts';

/** The minimum times, in milliseconds. */
export interface Floor {
  /** The segment once out of PostgreSQL, through a Node process, and back into PostgreSQL. */
  copy: number;
  /** The list by OpenSSH's `sftp`, connecting included. */
  sftp: number;
}

/** Measures the floor `times` times, on the same servers as the runs. */
export async function measureFloor(
  warehouse: string,
  { baseline, key }: BenchActito,
  times: number,
): Promise<Floor[]> {
  const folder = await mkdtemp(join(tmpdir(), 'actito-sync-bench-floor-'));
  const [source, sink] = [new pg.Client(warehouse), new pg.Client(warehouse)];
  try {
    await Promise.all([source.connect(), sink.connect()]);
    const list = join(folder, 'list.csv');
    const emails = `copy (select email from (${SEGMENT}) segment) to stdout`;
    await pipeline(source.query(copyTo(emails)), createWriteStream(list));
    const floors: Floor[] = [];
    while (floors.length < times) {
      const copy = await timedCopy(source, sink);
      const sftp = await timed(() => putBySftp(baseline.files, key, list, 'floor.csv'));
      floors.push({ copy, sftp });
    }
    return floors;
  } finally {
    await Promise.all([source.end(), sink.end(), rm(folder, { recursive: true })]);
  }
}

async function timedCopy(source: pg.Client, sink: pg.Client): Promise<number> {
  await sink.query('create unlogged table floor (email text, a text, b text, c text, d text, e text)');
  const copy = await timed(() =>
    pipeline(
      source.query(copyTo(`copy (${SEGMENT}) to stdout`)),
      sink.query(copyFrom('copy floor from stdin')),
    ),
  );
  await sink.query('drop table floor');
  return copy;
}
