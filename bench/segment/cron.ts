import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { isInstalled, runCommand, timed } from '../commands.ts';
import type { BenchActito } from './actito.ts';
import { sftpArguments } from './sftp-client.ts';
import { SEGMENT, type BenchWarehouse } from './warehouse.ts';

/** One run of the cron script. */
export interface CronRun {
  /** Milliseconds. */
  total: number;
  /** The largest resident set of any of its processes, in bytes; undefined without /usr/bin/time. */
  peakRss?: number;
}

const SCRIPT = resolve('bench/segment/cron.sh');
const TIME = '/usr/bin/time';
const NEEDED = ['bash', 'psql', 'sort', 'comm', 'curl', 'sftp'];

/** The programs that the cron script needs and this machine lacks. */
export function missingForCron(): string[] {
  return NEEDED.filter((program) => !isInstalled(program));
}

/**
 * Runs a cron script for the same segment: once to get the previous file, then `times` times after 1 % churn each. It
 * sends the changes and the whole list, without any of the checks, retries and confirmations of actito-sync.
 */
export async function measureCron(
  warehouse: BenchWarehouse,
  actito: BenchActito,
  times: number,
): Promise<CronRun[]> {
  const folder = await mkdtemp(join(tmpdir(), 'actito-sync-bench-cron-'));
  try {
    const runs: CronRun[] = [];
    await cronRun(folder, warehouse.url, actito);
    while (runs.length < times) {
      await warehouse.churn();
      runs.push(await cronRun(folder, warehouse.url, actito));
    }
    return runs;
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function cronRun(folder: string, warehouse: string, { baseline, key }: BenchActito): Promise<CronRun> {
  const { baseUrl, files } = baseline;
  const env = { WAREHOUSE: warehouse, SEGMENT, ACTITO: baseUrl, LIST: `${files.directory}/cron.csv` };
  const command = [SCRIPT, ...sftpArguments(files, key)];
  if (!isInstalled(TIME))
    return { total: await timed(() => runCommand('bash', command, { env, cwd: folder })) };
  const measured = ['-f', '%M', '-o', 'peak', 'bash', ...command];
  const total = await timed(() => runCommand(TIME, measured, { env, cwd: folder }));
  return { total, peakRss: Number(await readFile(join(folder, 'peak'), 'utf8')) * 1024 };
}
