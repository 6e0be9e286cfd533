import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startStand, type Stand } from '../support/stand.ts';
import { hostWorker, type Hosted } from '../support/temporal-run.ts';
import { cli } from './support.ts';

let stand: Stand;
let hosted: Hosted;
beforeAll(async () => {
  stand = await startStand({ listIdentifiers: 'profileId' });
  hosted = await hostWorker(stand);
});
afterAll(async () => {
  await hosted?.close();
  await stand?.dispose();
});

test('runs and directory refresh share a directory, also if the address of Actito is a variable', async () => {
  const { apiUrl, sftp } = stand.actito;
  Object.assign(stand.env, { ACTITO_URL: apiUrl });
  await stand.writeDestination({
    baseUrl: { env: 'ACTITO_URL' },
    profiles: {
      export: {
        directory: '/exports',
        file: 'p_$yyyyMMdd.csv',
        columns: { profileId: 'profileId', emailAddress: 'emailAddress' },
      },
    },
    contract: { listIdentifiers: 'profileId' },
  });
  await stand.writeActivation({ list: { identifier: 'profileId' } });
  await stand.actito.seedContacts([{ emailAddress: 'anna@shop.example' }]);
  const { profileId } = stand.actito.contact('emailAddress', 'anna@shop.example')!;
  const today = new Date().toISOString().slice(0, 10).replaceAll('-', '');
  await mkdir(join(sftp.root, 'exports'));
  await writeFile(
    join(sftp.root, `exports/p_${today}.csv`),
    `profileId;emailAddress\n${profileId};anna@shop.example\n`,
  );
  await stand.warehouse.query(
    `insert into people (email) values ('anna@shop.example'), ('bert@shop.example')`,
  );
  const command = (...args: string[]) =>
    cli(args, { taskQueue: hosted.taskQueue, env: { ACTITO_SYNC_PROJECT: stand.projectFolder } });

  const run = await command('run', 'vip');
  expect(run.code).toBe(0);
  // What is known before anything is sent replaces the count of the imports.
  expect(run.out).toMatch(/^ {2}waiting +1 +members of the segment without exactly one profile in Actito/m);
  expect(run.out).not.toMatch(/^ {2}unmatched/m);
  expect(run.out).toMatch(/^ {2}profiles +1 /m);

  const { code, out } = await command('directory', 'refresh', 'actito');
  expect(code).toBe(0);
  expect(out.split('\n').slice(1)).toEqual([
    expect.stringMatching(/^Profiles by emailAddress: newest export of /),
    '  No new export.',
    '',
  ]);
});
