import { chmod, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { cachedCli, install } from '../../../dev/temporal/cache.ts';
import { findTemporalCli } from '../../../dev/temporal/find-cli.ts';
import { startTemporal } from '../../../dev/temporal.ts';

let folder: string;
let env: NodeJS.ProcessEnv;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'actito-sync-test-'));
  env = { ACTITO_SYNC_CACHE: join(folder, 'cache'), PATH: `${join(folder, 'bin')}:${process.env.PATH}` };
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** A program that answers to --version, as far as the search looks. */
async function program(path: string, version: string): Promise<string> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, `#!/bin/sh\necho '${version}'\n`);
  await chmod(path, 0o755);
  return path;
}

const silent = () => undefined;

test('a CLI on the PATH comes before the one in the cache', async () => {
  await program(cachedCli(env), 'temporal version 2');
  await program(join(folder, 'bin', 'temporal'), 'temporal version 1');
  expect(await findTemporalCli(silent, env)).toMatchObject({ origin: 'PATH', version: 'temporal version 1' });
});

test('another program of that name on the PATH is passed over', async () => {
  const cached = await program(cachedCli(env), 'temporal version 2');
  await program(join(folder, 'bin', 'temporal'), 'Temporal, the time zone converter');
  expect(await findTemporalCli(silent, env)).toEqual({
    path: cached,
    origin: 'cache',
    version: 'temporal version 2',
  });
});

test('two installations at the same time both end with a whole program, and leave nothing else', async () => {
  const target = cachedCli(env);
  const slowly = (text: string) =>
    install(target, 'bin/temporal', (own) => [
      [
        'sh',
        '-c',
        `mkdir ${own}/bin && printf ${text} > ${own}/bin/temporal && sleep 0.2 && echo "" >> ${own}/bin/temporal`,
      ],
    ]);
  await Promise.all([slowly('one'), slowly('two')]);
  expect(await readFile(target, 'utf8')).toMatch(/^(one|two)\n$/);
  expect(await readdir(dirname(target))).toEqual(['temporal']);
});

test('an installation that fails tells the output, and leaves nothing', async () => {
  const target = cachedCli(env);
  await expect(install(target, 'temporal', () => [['sh', '-c', 'echo no network; exit 1']])).rejects.toThrow(
    'no network',
  );
  expect(await readdir(dirname(target))).toEqual([]);
});

test('a TEMPORAL_ADDRESS where nothing answers is an error, never a reason to start a server', async () => {
  const before = process.env.TEMPORAL_ADDRESS;
  process.env.TEMPORAL_ADDRESS = '127.0.0.1:1';
  try {
    await expect(startTemporal()).rejects.toThrow(
      /No Temporal server answers at TEMPORAL_ADDRESS=127.0.0.1:1/,
    );
  } finally {
    if (before === undefined) delete process.env.TEMPORAL_ADDRESS;
    else process.env.TEMPORAL_ADDRESS = before;
  }
});
