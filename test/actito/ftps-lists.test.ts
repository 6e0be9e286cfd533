import { expect, test } from 'vitest';
import type { FileServer } from '../../actito/delivery/file-server.ts';
import type { Answer, Answers, Session } from './ftps-scripted-server.ts';
import { scriptedStand } from './ftps-scripted-stand.ts';

/* How names and sizes are found on servers with unusual lists, or without lists. */

const { connect, scripted } = scriptedStand();

const REFUSED = { name: 'DeliveryRefused', retryable: false };
const UNAVAILABLE = { name: 'DeliveryUnavailable', retryable: true };
const MLSD_OFFERED = { FEAT: '211-here\r\n MLST type*;size*;modify*;\r\n211 end' };

const names = (server: FileServer) => server.names('/in');
const size = (server: FileServer) => server.size('/in/a.csv');
const listed = '-rw-r--r-- 1 a a 12 Jan 01 10:00 a.csv\r\n-rw-r--r-- 1 a a 34 Jan 01 10:00 a.part\r\n';

function telling(list: string): (session: Session) => void {
  return (session: Session) => {
    session.reply('150 look');
    void session.data().then((data) => data.end(list, () => session.reply('226 done')));
  };
}

test.each<[string, Answers]>([
  ['has no SIZE', { SIZE: '502 not here' }],
  ['refuses SIZE', { SIZE: '550 not today' }],
  ['answers SIZE with words', { SIZE: '213 twelve' }],
])('the size is found in the list of a server that %s', async (_, answers) => {
  expect(await size(await connect(answers, { listing: listed }))).toBe(12);
});

test('the size of a missing file is a temporary failure', async () => {
  const answers = { SIZE: '550 no such file' };
  await expect(size(await connect(answers, { listing: listed.slice(52) }))).rejects.toMatchObject(
    UNAVAILABLE,
  );
});

test.each<[string, Answers]>([
  ['its list has names only', { LIST: '502 no', NLST: telling('a.csv\r\n') }],
  ['it does not list', { LIST: '502 no' }],
])('a server that reports no size is rejected, with the setting to write: %s', async (_, answers) => {
  const attempt = size(await connect({ SIZE: '502 no', ...answers }));
  await expect(attempt).rejects.toMatchObject(REFUSED);
  await expect(attempt).rejects.toThrow('set delivery.checkSize: false');
});

test('a server that lists by MLSD gets MLSD', async () => {
  const MLSD = telling('type=cdir; .\r\ntype=file;size=5; b c.csv\r\n');
  expect(await names(await connect({ ...MLSD_OFFERED, MLSD }))).toEqual(['b c.csv']);
});

test.each<[string, Answers]>([
  ['the time has no year', { LIST: telling('-rw-r--r-- 1 a a 12 Jan 01 10:00 a.csv\r\n') }],
  [
    'the time is in the future',
    { ...MLSD_OFFERED, MLSD: telling('type=file;modify=20991231235959; a.csv\r\n') },
  ],
  ['the time is missing', { ...MLSD_OFFERED, MLSD: telling('type=file;modify=yesterday;size=5; a.csv\r\n') }],
])('a list is read if %s: times are ignored', async (_, answers) => {
  expect(await names(await connect({ MDTM: '213 19700101000000', ...answers }))).toEqual(['a.csv']);
});

test.each<[string, Answers]>([
  ['has neither MLSD nor LIST', { LIST: '502 not here' }],
  ['does not understand LIST', { LIST: '500 what' }],
  ['lists in its own format', { LIST: telling('A.CSV;1   3/4   26-NOV-2026 10:00 [A,B] (RWED)\r\n') }],
])('names are requested by NLST from a server that %s', async (_, answers) => {
  const server = await connect({ ...answers, NLST: telling('a.csv\r\n/in/b c.csv\r\n') });
  expect(await names(server)).toEqual(['a.csv', 'b c.csv']);
  expect(await names(server)).toEqual(['a.csv', 'b c.csv']);
});

test('a server that takes the option of LIST for a name gets LIST without it', async () => {
  const LIST: Answer = (session, argument) => telling(argument === '-a' ? '' : listed)(session);
  expect(await names(await connect({ LIST }))).toEqual(['a.csv', 'a.part']);
});

test.each([450, 550])(
  'a server that answers %i for an empty folder has an empty folder, whatever its text says',
  async (code) => {
    const files = new Set<string>();
    const answers: Answers = {
      LIST: (session) => {
        if (files.size === 0) session.reply(`${code} keine Dateien`);
        else telling(`-rw-r--r-- 1 a a 0 Jan 01 10:00 ${[...files][0]}\r\n`)(session);
      },
      STOR: (session, path) => {
        session.reply('150 send');
        void session.data().then((data) =>
          data.resume().once('end', () => {
            files.add(path.replace('/in/', ''));
            session.reply('226 done');
          }),
        );
      },
      DELE: (session, path) => {
        files.delete(path.replace('/in/', ''));
        session.reply('250 gone');
      },
    };
    const server = await connect(answers);
    expect(await names(server)).toEqual([]);
    expect(files).toEqual(new Set());
    expect(await names(server)).toEqual([]);
    expect(scripted()!.received.filter((line) => line.startsWith('STOR'))).toHaveLength(2);
  },
);

test('a folder that may be written and not listed is rejected, although the text says that it is empty', async () => {
  const attempt = names(await connect({ LIST: '550 No files found.' }));
  await expect(attempt).rejects.toMatchObject(REFUSED);
  await expect(attempt).rejects.toThrow('set delivery.listing: false');
});

test('a list that does not end is given up, with the setting that works without it', async () => {
  const line = Buffer.from('-rw-r--r-- 1 a a 12 Jan 01 10:00 a.csv\r\n'.repeat(25_000));
  const LIST: Answer = (session) => {
    session.reply('150 look');
    void session.data().then((data) => {
      const more = () => void (data.writable && data.write(line, more));
      more();
    });
  };
  const attempt = names(await connect({ LIST }));
  await expect(attempt).rejects.toMatchObject(REFUSED);
  await expect(attempt).rejects.toThrow('delivery.listing: false');
});
