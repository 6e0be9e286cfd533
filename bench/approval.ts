import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import pg from 'pg';
import { loadProject } from '../config/project.ts';
import { listenForInterrupt } from '../dev/interrupt.ts';
import { Resources } from '../dev/resources.ts';
import { startProjectStack } from '../dev/project/stack.ts';
import { median, seconds } from './output.ts';

const MEMBERS = 10_000;
const PAUSE = 10;
const SEED = `create table customers (email text, first_name text, vip boolean);
  insert into customers select 'customer' || i || '@shop.example', 'Anna', true from generate_series(1, ${MEMBERS}) i`;

/** One command of the command line, as a process; its output, whatever its exit code. */
async function command(args: string[], env: NodeJS.ProcessEnv): Promise<string> {
  const own = { env: { ...process.env, ...env } };
  return promisify(execFile)(process.execPath, ['bin/actito-sync.js', ...args], own).then(
    ({ stdout }) => stdout,
    (error: { stderr: string }) => error.stderr,
  );
}

/**
 * Measures the time from typing `approve` until Actito has the list, on the servers of `actito-sync dev`. In each
 * round, half of a list of 10,000 is removed.
 */
export async function benchApproval({ rounds }: { rounds: number }): Promise<void> {
  const resources = new Resources();
  try {
    await measure(resources, rounds);
  } finally {
    await resources.end();
  }
  process.exit(); // signals and servers leave listeners behind
}

async function measure(resources: Resources, rounds: number): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'actito-sync-bench-'));
  const removed = () => rm(folder, { recursive: true });
  await resources.start(Promise.resolve(), removed);
  await command(['init', join(folder, 'shop'), '--yes'], {});
  const seed = join(folder, 'seed.sql');
  await writeFile(seed, SEED);
  const project = await loadProject(join(folder, 'shop'));
  const wanted = { folder: join(folder, 'shop'), project, seed };
  const stack = await startProjectStack(resources, wanted, listenForInterrupt(), console.log);
  const env = { TEMPORAL_ADDRESS: stack.temporal.address, ACTITO_SYNC_PROJECT: stack.project.folder };
  const [actito] = [...stack.simulators.values()];
  const shop = new pg.Client({ connectionString: stack.warehouses[0]!.url });
  await resources.start(shop.connect(), () => shop.end());
  const profiles = () => actito!.list('VIP customers')?.numberOfProfiles ?? 0;

  const taken: number[] = [];
  while (taken.length < rounds) {
    await shop.query('update customers set vip = true');
    await command(['run', 'vip-customers'], env);
    await shop.query(`update customers set vip = hashtext(email) % 2 = 0`);
    const [, hash] = /^ {2}plan (\w+):/m.exec(await command(['run', 'vip-customers'], env))!;
    const before = profiles();
    const typed = performance.now();
    const approving = command(['approve', 'vip-customers', hash!, '--reason', 'bench'], env);
    while (profiles() === before) await sleep(PAUSE);
    taken.push(performance.now() - typed);
    await approving;
    console.log(`approve → list: ${seconds(taken.at(-1)!)} (${before} → ${profiles()} profiles)`);
  }
  console.log(`median of ${rounds}: ${seconds(median(taken))}`);
}
