import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFile, mkdir, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import typescript from 'typescript';
import { afterAll, afterEach, beforeAll, expect, onTestFinished, test } from 'vitest';
import type * as clientModule from '../../client/activation-client.ts';
import { freePort } from '../../dev/ports.ts';
import { temporalAddress } from '../setup/servers.ts';
import { until } from '../setup/until.ts';
import { startStand, type Stand } from '../support/stand.ts';

/* The result of `npm run build`, run like in a container: plain node, with the workflows bundled before. */

interface Program {
  ended: Promise<{ code: number | null; signal: NodeJS.Signals | null; output: string }>;
  /** Its output so far. */
  output(): string;
  signal(signal: NodeJS.Signals): void;
}

/**
 * Unique to this file, since Temporal knows activations by their id. The default one of the stand feeds
 * another list.
 */
const ACTIVATION = 'built';
const LIST = 'Built';
/** Like an installed package: package.json and dist, in a folder inside the project, where its packages are found. */
let installed: string;
let dist: string;
let stand: Stand;
const children: Program[] = [];

beforeAll(async () => {
  await mkdir('.cache', { recursive: true });
  installed = await mkdtemp('.cache/built-');
  dist = join(installed, 'dist');
  await copyFile('package.json', join(installed, 'package.json'));
  const [build] = await Promise.all([start(['dev/start.js', 'dev/build.ts', dist]).ended, makeStand()]);
  expect(build).toMatchObject({ code: 0 });
});
afterEach(async () => {
  for (const child of children) child.signal('SIGKILL');
  await Promise.all(children.splice(0).map(({ ended }) => ended));
});
afterAll(async () => {
  await stand?.dispose();
  if (installed) await rm(installed, { recursive: true });
});

async function makeStand(): Promise<void> {
  stand = await startStand();
  await stand.writeActivation({ list: { name: LIST } }, ACTIVATION);
  await stand.actito.seedContacts([{ emailAddress: 'anna@shop.be' }]);
  await stand.warehouse.query(`insert into people values ('anna@shop.be', 'Anna', 1.5, 'Gent')`);
}

/** Plain node, with the environment of the stand and `env`. */
function start(args: string[], env: NodeJS.ProcessEnv = {}): Program {
  const child = spawn(process.execPath, args, {
    env: {
      ...process.env,
      ...stand?.env,
      TEMPORAL_ADDRESS: temporalAddress(),
      ACTITO_SYNC_DATABASE_URL: stand?.stateUrl,
      ACTITO_SYNC_PROJECT: stand?.projectFolder,
      ...env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const ended = once(child, 'close').then(([code, signal]) => ({
    code: code as number | null,
    signal: signal as NodeJS.Signals | null,
    output,
  }));
  const program = {
    ended,
    output: () => output,
    signal: (signal: NodeJS.Signals) => void child.kill(signal),
  };
  children.push(program);
  return program;
}

async function startWorker() {
  const port = String(await freePort());
  const health = { ACTITO_SYNC_HEALTH_PORT: port };
  const worker = start([join(dist, 'worker/main.js')], health);
  await until('the worker is ready', async () => worker.output().includes('worker is ready'));
  const healthcheck = () => start([join(dist, 'worker/healthcheck.js')], health).ended;
  return { ...worker, healthcheck };
}

const run = (...flags: string[]) => start([join(dist, 'cli/main.js'), 'run', ACTIVATION, ...flags]).ended;

test('the worker runs an activation that the built command line starts, and is healthy', async () => {
  const worker = await startWorker();
  expect(await worker.healthcheck()).toMatchObject({ code: 0, output: expect.stringContaining('"RUNNING"') });
  const { code, output } = await run('--json');
  expect(code, output).toBe(0);
  expect(JSON.parse(output)).toMatchObject({ activation: ACTIVATION, counts: { added: 1 } });
  expect([...stand.actito.listMembers(LIST)]).toHaveLength(1);
});

/** A worker with a running run that waits for a table of the state, until `release`. */
async function startStuckWorker({ table, mode }: { table: string; mode: string }) {
  const worker = await startWorker();
  expect(await run()).toMatchObject({ code: 0 }); // the first run creates tables
  const lock = await stand.state.transaction();
  const release = async () => {
    if (!lock.isCompleted()) await lock.rollback();
  };
  onTestFinished(release);
  await lock.raw(`lock table ${table} in ${mode} mode`);
  const running = run('--resync');
  await until(`the run waits for ${table}`, async () => {
    const waiting = await stand.state.raw<{ rows: unknown[] }>(
      `select from pg_locks where not granted and relation = '${table}'::regclass`,
    );
    return waiting.rows.length > 0;
  });
  return { worker, running, release };
}
const AT_OPENING = { table: 'activations', mode: 'access exclusive' };
const AT_SETTLING = { table: `members_${ACTIVATION}`, mode: 'share' };

test('SIGTERM drains the worker, a second one changes nothing, and another worker continues the run', async () => {
  const { worker, running, release } = await startStuckWorker(AT_SETTLING);
  worker.signal('SIGTERM');
  await until('it drains', async () => worker.output().includes('DRAINING'));
  worker.signal('SIGTERM');
  expect(await worker.healthcheck()).toMatchObject({ code: 1, output: expect.stringContaining('503') });
  await release();
  expect(await worker.ended).toMatchObject({ code: 0, signal: null });
  expect(await worker.healthcheck()).toMatchObject({
    code: 1,
    output: expect.stringContaining('The worker is not responding'),
  });

  await startWorker();
  expect(await running).toMatchObject({ code: 0 });
});

test.each([
  ['an activity that leaves its statement to itself', AT_SETTLING, { code: 0 }],
  [
    'an activity that cannot be stopped',
    AT_OPENING,
    { code: 1, output: expect.stringContaining('Running activities did not stop before the timeout.') },
  ],
])('SIGTERM ends a worker that hangs, and another worker continues: %s', async (_, place, end) => {
  const { worker, running, release } = await startStuckWorker(place);
  worker.signal('SIGTERM');
  expect(await worker.ended).toMatchObject({ signal: null, ...end });

  await release();
  await startWorker();
  expect(await running).toMatchObject({ code: 0 });
});

test.each([
  ['no state database is named', { ACTITO_SYNC_DATABASE_URL: '' }, 'ACTITO_SYNC_DATABASE_URL is not set'],
  [
    'the state database does not answer',
    { ACTITO_SYNC_DATABASE_URL: 'postgres://someone:secret@127.0.0.1:1/state' },
    'The state database cannot be used (ECONNREFUSED). Check ACTITO_SYNC_DATABASE_URL.',
  ],
  [
    'Temporal does not answer',
    { TEMPORAL_ADDRESS: '127.0.0.1:1' },
    'No Temporal server is responding at 127.0.0.1:1',
  ],
  [
    'the health port is invalid',
    { ACTITO_SYNC_HEALTH_PORT: 'http' },
    'ACTITO_SYNC_HEALTH_PORT must be a port',
  ],
])('a failed start ends the process so that it can be restarted: %s', async (_, env, message) => {
  const { code, output } = await start([join(dist, 'worker/main.js')], env).ended;
  expect(code).toBe(1);
  expect(output).toContain(`The worker stopped: ${message}`);
  expect(output).not.toContain('secret');
});

test('the built command line has no demo without the sources, and says what to install', async () => {
  const { code, output } = await start([`${dist}/cli/main.js`, 'demo']).ended;
  expect(code).toBe(1);
  expect(output).toMatch(/^ConfigurationInvalid: actito-sync demo needs local servers .*npm install/);
});

test('the build contains what the package exports to programs, with its types', async () => {
  const { exports } = JSON.parse(await readFile('package.json', 'utf8')) as {
    exports: Record<'./client', { types: string; default: string }>;
  };
  const { types, default: main } = exports['./client'];
  const built = (path: string) => resolve(dist, path.replace(/^\.\/dist\//, ''));
  expect(await readFile(built(types), 'utf8')).toContain('export declare class ActivationClient');
  const { ActivationClient } = (await import(pathToFileURL(built(main)).href)) as typeof clientModule;
  await expect(ActivationClient.connect({ env: { TEMPORAL_ADDRESS: '127.0.0.1:1' } })).rejects.toMatchObject({
    type: 'TemporalUnavailable',
  });
});

test('the build needs only production dependencies; libraries of single warehouses are loaded on demand', async () => {
  const { dependencies, peerDependenciesMeta: optional } = JSON.parse(
    await readFile('package.json', 'utf8'),
  ) as Record<string, Record<string, unknown>>;
  const files = (await readdir(dist, { recursive: true })).filter((name) => /\/.*\.js$/.test(name));
  const [imported, onDemand] = [new Set<string>(), new Set<string>()];
  for (const file of files) {
    const text = await readFile(join(dist, file), 'utf8');
    const names = typescript.preProcessFile(text).importedFiles.map(({ fileName }) => fileName);
    for (const name of names) {
      const isOnDemand = new RegExp(`import\\(\\s*['"]${name}['"]\\s*\\)`).test(text);
      (isOnDemand ? onDemand : imported).add(name);
    }
  }
  const packagesOf = (names: Set<string>) =>
    [...names]
      .filter((name) => !/^(\.|node:)/.test(name))
      .map((name) => name.split('/', name.startsWith('@') ? 2 : 1).join('/'));
  const names = packagesOf(imported);
  expect(names).toEqual(expect.arrayContaining(['@temporalio/worker', 'pg', 'commander']));
  expect(names.filter((name) => !(name in dependencies!))).toEqual([]);
  const known = { ...dependencies, ...optional };
  expect(packagesOf(onDemand)).toEqual(expect.arrayContaining(Object.keys(optional!)));
  expect(packagesOf(onDemand).filter((name) => !(name in known))).toEqual([]);
});
