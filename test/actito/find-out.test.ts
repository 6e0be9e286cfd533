import { expect, test } from 'vitest';
import { findOut } from '../../actito/delivery/find-out.ts';
import type { Placing } from '../../actito/delivery/deliver.ts';
import type { SftpLogin } from '../../actito/delivery/sftp.ts';
import { Failure } from '../../contract/failure.ts';
import type { Script } from './sftp-scripted-server.ts';
import { scriptedStand } from './ftps-scripted-stand.ts';
import { scriptedSftp } from './sftp-support.ts';

const { start } = scriptedSftp();
const ftps = scriptedStand();

const find = (login: SftpLogin, placing: Placing = {}) =>
  findOut({ login, directory: '/in', placing, signal: new AbortController().signal });

const hidden = (path: string) => path.startsWith('/in/.');

test('a server that supports everything needs no setting, and the check leaves no file', async () => {
  const { login, texts } = await start();
  expect(await find(login)).toEqual([]);
  expect(texts()).toEqual({});
});

test.each<[string, Script, string[]]>([
  ['does not list', { answers: { OPENDIR: () => 3 } }, ['listing']],
  ['does not list, and fails without a reason', { answers: { OPENDIR: () => 4 } }, ['listing']],
  [
    'refuses names with a dot',
    { answers: { OPEN: (path) => (hidden(path) ? 3 : undefined) } },
    ['temporaryName'],
  ],
  [
    'fails at names with a dot',
    { answers: { OPEN: (path) => (hidden(path) ? 4 : undefined) } },
    ['temporaryName'],
  ],
  ['hides names with a dot', { hides: (name) => name.startsWith('.') }, ['temporaryName']],
  ['lists none of its files', { hides: () => true }, ['listing']],
  ['disconnects at a second write', { writesAtOnce: 1, tooEarly: 'hangUp' }, ['concurrentWrites']],
  ['does not rename', { answers: { 'posix-rename': () => 8, RENAME: () => 8 } }, ['write']],
  ['reports no size', { answers: { STAT: () => 8, OPENDIR: () => 8 } }, ['listing', 'checkSize']],
  [
    'supports hardly anything',
    {
      writesAtOnce: 1,
      tooEarly: 'hangUp',
      answers: {
        STAT: () => 8,
        OPENDIR: () => 8,
        RENAME: () => 8,
        'posix-rename': () => 8,
        OPEN: (path) => (hidden(path) ? 3 : undefined),
      },
    },
    ['listing', 'temporaryName', 'concurrentWrites', 'checkSize', 'write'],
  ],
])(
  'a server that %s is reported with the settings to write, and works with them',
  async (_, script, lines) => {
    const { login, texts } = await start(script);
    expect(await find(login)).toEqual(lines);
    const placing: Placing = {
      ...(lines.includes('listing') ? { listing: false } : {}),
      ...(lines.includes('temporaryName') ? { temporaryName: '{file}.tmp' } : {}),
      ...(lines.includes('checkSize') ? { checkSize: false } : {}),
      ...(lines.includes('write') ? { write: 'direct' } : {}),
    };
    const concurrentWrites = lines.includes('concurrentWrites') ? 1 : undefined;
    expect(await find({ ...login, concurrentWrites }, placing)).toEqual([]);
    expect(texts()).toEqual({});
  },
);

test.each([
  ['a folder that is missing', { answers: { OPENDIR: () => 2 as const } }, 'no folder /in'],
  ['a folder that is read-only', { answers: { OPEN: () => 3 as const } }, 'status 3: permission denied'],
  ['a file that is cut short', { keeps: 10 }, 'has 10 of 150000 bytes'],
])('a problem without a matching setting is reported as a failure: %s', async (_, script: Script, words) => {
  const { login } = await start(script);
  await expect(find(login)).rejects.toThrow(words);
});

test('a folder that an FTPS server does not open is named, and does not count as one that is not listed', async () => {
  const server = await ftps.connect({ CWD: '550 nicht da' });
  await server.close();
  const { signal } = new AbortController();
  const finding = findOut({ login: ftps.login(), directory: '/nowhere', placing: {}, signal });
  await expect(finding).rejects.toThrow('denied access to the folder /nowhere (550)');
  await expect(finding).rejects.toThrow('Check delivery.directory');
});

test('the settings are shown as YAML, with the reason of each', () => {
  const facts = {
    server: 'sftp://x:22',
    destination: 'actito',
    lines: ['listing' as const, 'write' as const],
  };
  expect(new Failure('fileServerLacks', facts).message).toBe(
    'sftp://x:22 lacks features that a delivery needs. Add under delivery: in destinations/actito.yaml:\n' +
      '  listing: false # the server does not list the folder\n' +
      '  write: direct # the server cannot rename; safe only if Actito ignores incomplete files',
  );
});
