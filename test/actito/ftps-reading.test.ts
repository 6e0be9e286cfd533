import { expect, test } from 'vitest';
import { readAll, readOne, readText } from './delivery-reading.ts';
import type { Session } from './ftps-scripted-server.ts';
import { scriptedStand } from './ftps-scripted-stand.ts';

/** How exports are read from unusual FTPS servers. */

const { connect, scripted } = scriptedStand();

const UNAVAILABLE = { name: 'DeliveryUnavailable', retryable: true };

/** Sends a text, then a reply. */
const sends = (text: string, reply: string) => (session: Session) => {
  session.reply('150 here');
  void session.data().then((data) => data.end(text, () => session.reply(reply)));
};

test('times come from MLSD if the server offers it, and an unusable time is unknown', async () => {
  const listing =
    'type=file;size=3;modify=20260102030405; a.csv\r\ntype=dir;modify=20260102030405; b.csv\r\n' +
    'type=file;size=0;modify=yesterday; c.csv\r\n';
  const server = await connect({
    FEAT: '211-\r\n MLST type*;size*;modify*;\r\n211 end',
    OPTS: '200 ok',
    MLSD: sends(listing, '226 done'),
  });
  expect(await server.entries('/out')).toEqual([
    { name: 'a.csv', size: 3, modified: new Date('2026-01-02T03:04:05Z') },
    { name: 'c.csv', size: 0, modified: undefined },
  ]);
});

const LISTING = '-rw-r--r-- 1 a a 12 Jan 01 10:00 a.csv\r\n-rw-r--r-- 1 a a 13 Jan 01 10:00 b.csv\r\n';

test('without MLSD, times come from MDTM, for the wanted files only', async () => {
  const server = await connect({ MDTM: '213 20260102030405' }, { listing: LISTING });
  expect(await server.entries('/out', (name) => name === 'b.csv')).toEqual([
    { name: 'b.csv', size: 13, modified: new Date('2026-01-02T03:04:05Z') },
  ]);
  expect(scripted()!.received.filter((line) => line.startsWith('MDTM'))).toEqual(['MDTM b.csv']);
});

test('a server without MDTM is asked once, and times are unknown', async () => {
  const server = await connect({}, { listing: LISTING });
  const entries = await server.entries('/out');
  expect(entries.map(({ name, modified }) => [name, modified])).toEqual([
    ['a.csv', undefined],
    ['b.csv', undefined],
  ]);
  expect(scripted()!.received.filter((line) => line.startsWith('MDTM'))).toHaveLength(1);
});

test('a folder that may not be listed is refused, and nothing is written into it', async () => {
  const server = await connect({ LIST: '550 no' });
  await expect(server.entries('/out')).rejects.toMatchObject({ name: 'DeliveryRefused' });
  expect(scripted()!.received.join()).not.toContain('STOR');
});

test('leaving the loop early keeps the connection if the server acknowledges the end', async () => {
  let files = 0;
  const RETR = (session: Session) => {
    if (files++ > 0) return sends('whole', '226 done')(session);
    session.reply('150 here');
    void session.data().then((data) => {
      data.write(Buffer.alloc(2_000_000));
      data.resume().once('close', () => session.reply('426 broken off'));
    });
  };
  const server = await connect({ RETR, NOOP: '200 ok' });
  await readOne(server.read('/out/a.csv'));
  expect(await readText(server.read('/out/b.csv'))).toBe('whole');
});

test('a download that the server reports as broken off is a temporary failure, whatever arrived', async () => {
  const server = await connect({ RETR: sends('half', '426 broken off') });
  await expect(readAll(server.read('/out/a.csv'))).rejects.toMatchObject(UNAVAILABLE);
});

test('a download that stops is given up', async () => {
  const RETR = (session: Session) => {
    session.reply('150 here');
    void session.data().then((data) => data.write('half'));
  };
  const server = await connect({ RETR }, { timeout: 250 });
  const read = readAll(server.read('/out/a.csv'));
  await expect(read).rejects.toMatchObject(UNAVAILABLE);
  await expect(read).rejects.toThrow('the download made no progress for 0.25 s');
});

test.each([
  ['lists it', '-rw-r--r-- 1 a a 12 Jan 01 10:00 a.csv\r\n', 'DeliveryRefused'],
  ['does not list it', '-rw-r--r-- 1 a a 12 Jan 01 10:00 b.csv\r\n', 'DeliveryUnavailable'],
])('a refused file of a folder that %s is a %3$s', async (_, listing, name) => {
  const server = await connect({ RETR: '550 no' }, { listing });
  await expect(readAll(server.read('/out/a.csv'))).rejects.toMatchObject({ name });
});
