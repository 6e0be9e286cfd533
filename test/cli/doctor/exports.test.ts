import { mkdir, rm, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import type { Probe } from '../../../contract/probes.ts';
import { doctor, probes, stand, withDoctor } from './support.ts';

withDoctor();

const HOUR = 3_600_000;
const COLUMNS = { profileId: 'profileId', emailAddress: 'email' };

afterEach(() => rm(join(stand.actito.sftp.root, 'exports'), { recursive: true, force: true }));

/** Describes the export in the destination. */
function reading(changes: object = {}, more: object = {}) {
  const settings = { directory: '/exports', file: 'p_$yyyyMMdd.csv', full: 'full*.csv', columns: COLUMNS };
  const profiles = { export: { ...settings, ...changes }, maxAge: '48h' };
  return stand.writeDestination({ profiles, ...more });
}

async function put(name: string, content: string, hours = 0): Promise<void> {
  const file = join(stand.actito.sftp.root, 'exports', name);
  await mkdir(join(file, '..'), { recursive: true });
  await writeFile(file, content);
  const moment = new Date(Date.now() - hours * HOUR - 60_000);
  await utimes(file, moment, moment);
}

const FILE = 'profileId;email\n1;anna@shop.example\n';

async function exportsProbe(): Promise<Probe | undefined> {
  const { probes: found } = await probes(['actito']);
  return found.find(({ name }) => name === 'exports of actito');
}

test('a directory that can be read is reported with its files, the newest one, its age and its columns', async () => {
  await reading();
  await put('full.csv', FILE, 30);
  await put('p_20260101.csv', FILE, 6);
  await put('p_20260102.csv', FILE, 5);
  await put('unrelated.txt', 'x');
  const { host, port } = stand.actito.sftp;
  expect(await exportsProbe()).toEqual({
    name: 'exports of actito',
    ok: true,
    says: [
      expect.objectContaining({
        message:
          `sftp://${host}:${port}: 2 daily exports and 1 full export in /exports; the newest, p_20260102.csv, is ` +
          '5 hours old; it has all 2 columns',
      }),
    ],
  });
});

test('a destination without profiles has no such check', async () => {
  expect(await exportsProbe()).toBeUndefined();
});

test('a newest file that is not complete yet is passed over, and an older one shows the columns', async () => {
  await reading();
  await put('p_20260101.csv', FILE, 6);
  await put('p_20260102.csv', '');
  expect((await exportsProbe())!.says[0]!.message).toMatch(
    /the newest, p_20260102\.csv, is 0 hours old; p_20260101\.csv has all 2 columns$/,
  );
});

interface Broken {
  what: string;
  make: () => Promise<unknown>;
  type: string;
  says: RegExp;
}

test.each<Broken>([
  {
    what: 'a folder that does not exist',
    make: async () => undefined,
    type: 'DeliveryRefused',
    says: /Check profiles\.export\.directory/,
  },
  {
    what: 'no file with one of the names',
    make: () => put('other.csv', FILE),
    type: 'ExportInvalid',
    says: /^\/exports has no file named p_\$yyyyMMdd\.csv or full\*\.csv; it has 1 other file\.$/,
  },
  {
    what: 'a newest file that is too old',
    make: () => put('p_20260101.csv', FILE, 60),
    type: 'ExportInvalid',
    says: /^The newest export, p_20260101\.csv, is 60 hours old; the limit is 48 \(profiles\.maxAge\)\.$/,
  },
  {
    what: 'a column that is missing',
    make: () => put('p_20260101.csv', 'profileId;mail\n1;anna@shop.example\n'),
    type: 'ExportInvalid',
    says: /^The export p_20260101\.csv has no column "email"\./,
  },
  {
    what: 'nothing but a file that is not complete',
    make: () => put('p_20260101.csv', ''),
    type: 'ExportInvalid',
    says: /^The export p_20260101\.csv is not complete: it is empty\./,
  },
  {
    what: 'a login of its own that is refused',
    make: async () => {
      const { host, port, username, hostKey } = stand.actito.sftp;
      stand.env.EXPORT_PASSWORD = 'wrong';
      const login = { host, port, username, hostKey, password: { env: 'EXPORT_PASSWORD' } };
      await reading({ server: { protocol: 'sftp', ...login } });
    },
    type: 'DeliveryRefused',
    says: /Check profiles\.export\.server\.username/,
  },
])('$what fails the check, with what to do', async ({ make, type, says }) => {
  await reading();
  await make();
  const found = await exportsProbe();
  expect(found).toMatchObject({ ok: false, type });
  expect(found!.says[0]!.message).toMatch(says);
  expect(found!.advice!.message).toMatch(/^Check profiles in destinations\/actito\.yaml/);
});

test('lists of other identifiers than profile IDs are shown as something to compare, and fail nothing', async () => {
  const name = 'list identifiers of actito';
  expect((await probes()).probes.map((probe) => probe.name)).not.toContain(name);
  await stand.writeDestination({ contract: {} });
  const { code, out } = await doctor();
  expect(code).toBe(0);
  expect(out).toMatch(
    /^• list identifiers of actito +.*Actito documents profile IDs only; check that the list shows/m,
  );
});
