import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { stringify } from 'yaml';
import type { RunResult } from '../../contract/result.ts';
import { startDemo } from './demo-process.ts';

/* `actito-sync dev`: everything for one's own project folder, in one terminal. */

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'my-shop-'));
  for (const [file, content] of Object.entries(PROJECT)) {
    await mkdir(join(folder, file, '..'), { recursive: true });
    await writeFile(join(folder, file), typeof content === 'string' ? content : stringify(content));
  }
});
afterAll(() => rm(folder, { recursive: true }));

const key = { env: 'NOT_SET_ANYWHERE' };
/** Real addresses, which nothing may call; a list of profile IDs over SFTP, and one of loyalty numbers over FTPS. */
const PROJECT: Record<string, string | object> = {
  'sources/shop.yaml': { driver: 'postgres', connection: key },
  'destinations/brand.yaml': {
    environment: 'ENV-3',
    apiKey: key,
    entity: 'brand',
    profileTable: '77',
    delivery: {
      protocol: 'sftp',
      host: 'sftp.shop.example',
      username: 'u',
      directory: '/lists',
      password: key,
      hostKey: `SHA256:${'x'.repeat(43)}`,
    },
    profiles: {
      export: {
        directory: '/',
        file: 'brand_*$yyyyMMdd.csv.gz',
        columns: { profileId: 'ID', emailAddress: 'Email', loyaltyTier: 'Tier' },
        server: {
          protocol: 'sftp',
          host: 'exports.shop.example',
          username: 'u',
          password: key,
          hostKey: `SHA256:${'y'.repeat(43)}`,
        },
      },
    },
    contract: { listIdentifiers: 'profileId' },
  },
  'destinations/club.yaml': {
    environment: 'PREPROD',
    apiKey: key,
    entity: 'club',
    profileTable: 'Members',
    delivery: { protocol: 'ftps', host: 'ftp.shop.example', username: 'u', directory: '/', password: key },
  },
  'activations/vips.yaml': {
    source: 'shop',
    destination: 'brand',
    segment: { name: 'VIPs', table: 'people' },
    matchingKey: { column: 'email', type: 'email', attribute: 'emailAddress' },
    attributes: [{ column: 'tier', attribute: 'tierByHand' }],
    list: { identifier: 'profileId' },
  },
  'activations/members.yaml': {
    source: 'shop',
    destination: 'club',
    segment: { name: 'Members', query: 'select * from people;' },
    matchingKey: { column: 'loyalty', type: 'externalId', attribute: 'loyaltyNumber' },
  },
  'seed.sql': `create table people (email text, loyalty text, tier text);
    insert into people select 'p' || i || '@shop.be', 'L' || i, 'gold' from generate_series(1, 200) i;`,
};

test('a project folder with real addresses runs against simulators with the variables that are printed', async () => {
  const dev = await startDemo('actito-sync', 'dev', folder, '--seed', join(folder, 'seed.sql'));
  await dev.shows('Press Ctrl-C to stop everything');
  const exports = dev.output().match(/^ {2}export .*$/gm)!;
  expect(exports).toHaveLength(3);
  const run = async (activation: string) => {
    const command = `node bin/actito-sync.js run ${activation} --json`;
    const { stdout } = await promisify(execFile)('sh', ['-ec', [...exports, command].join('\n')]);
    return JSON.parse(stdout) as RunResult;
  };
  for (const activation of ['vips', 'members']) {
    const { counts, list } = await run(activation);
    const { waiting = 0 } = counts;
    expect(counts).toMatchObject({ read: 200, added: 200 - waiting });
    expect(waiting > 0).toBe(activation === 'vips');
    // Most members have a contact, but not all.
    expect(list).toMatchObject({ confirmation: 'retrieved', profiles: expect.any(Number) as number });
    expect(list!.profiles).toBeGreaterThan(100);
    expect(list!.profiles).toBeLessThan(200);
  }
  dev.pressCtrlC();
  const { code, err } = await dev.ended;
  expect({ code, err }).toEqual({ code: 0, err: '' });
  await dev.leavesNothing();
}, 240_000);

test.each([
  { what: 'no folder', args: ['/nowhere'], says: 'The project folder /nowhere does not exist.' },
  { what: 'no SQL', args: ['examples/demo', '--seed', '/nowhere.sql'], says: '/nowhere.sql' },
])('if $what, the command says so and starts nothing', async ({ args, says }) => {
  const dev = await startDemo('actito-sync', 'dev', ...args);
  const { code, out, err } = await dev.ended;
  expect({ code, out }).toEqual({ code: 1, out: '' });
  expect(err).toContain(says);
  await dev.leavesNothing();
});
