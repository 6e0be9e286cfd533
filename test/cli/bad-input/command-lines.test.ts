import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { EXIT } from '../../../cli/exit-codes.ts';
import { cli } from '../support.ts';
import { REQUESTS } from './requests.ts';
import { SURROUNDINGS } from './surroundings.ts';
import { WORDS } from './words.ts';

/* Command lines that are wrong in themselves or in their environment: no server is asked, and none exists. */

const NO_SERVERS = { TEMPORAL_ADDRESS: '127.0.0.1:1', ACTITO_SYNC_PROJECT: 'examples/demo' };

/** A project folder whose destination is broken, and one that is empty. */
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'actito-sync-bad-'));
  for (const project of ['broken', 'empty'])
    for (const kind of ['sources', 'destinations', 'activations'])
      await mkdir(join(folder, project, kind), { recursive: true });
  await writeFile(join(folder, 'broken/destinations/actito.yaml'), 'environment: ENV-9\n');
});
afterAll(() => rm(folder, { recursive: true }));

test.each([...WORDS, ...REQUESTS, ...SURROUNDINGS])(
  '%s (%s): the message says what is wrong, and the command exits with the code of its kind',
  async (_, line, says, code = EXIT.usage, env = {}) => {
    const inPlace = (text: string) => text.replace('FOLDER', folder);
    const given = Object.entries({ ...NO_SERVERS, ...env }).map(([name, value]) => [name, inPlace(value)]);
    const args = line.split(' ').map((word) => (word === "''" ? '' : word));
    const ended = await cli(args, { env: Object.fromEntries(given) as NodeJS.ProcessEnv });
    expect(ended.err).toContain(says);
    expect(ended.err).not.toMatch(/hunter2|\n {4}at /);
    expect(ended).toMatchObject({ code, out: '' });
  },
);

test.concurrent.each(['run vip-customers', 'schedule apply', 'lists actito'])(
  'a Temporal server that is not responding is reported with its address, and how to start one: %s',
  async (line) => {
    const ended = await cli(line.split(' '), { env: NO_SERVERS });
    expect(ended).toMatchObject({ code: EXIT.failed, out: '' });
    expect(ended.err).toMatch(/^TemporalUnavailable: No Temporal server is responding at 127\.0\.0\.1:1 /);
    expect(ended.err).toContain('temporal server start-dev');
  },
);
