import { expect, test } from 'vitest';
import type { FileServer } from '../../actito/delivery/file-server.ts';
import { endless, lines } from './delivery-stand.ts';
import type { Answers, Session } from './ftps-scripted-server.ts';
import { scriptedStand } from './ftps-scripted-stand.ts';

/*
 * Unusual FTPS servers: silent, slow to confirm, with implicit TLS, without passive transfers, with old
 * names.
 */

const { connect, logIn, scripted } = scriptedStand();

const REFUSED = { name: 'DeliveryRefused', retryable: false };
const UNAVAILABLE = { name: 'DeliveryUnavailable', retryable: true };
const SHORT = 250;

const upload = (server: FileServer, content = lines('id\n')) => server.upload('/in/a.csv', content);
const names = (server: FileServer) => server.names('/in');
const confirmAfter = (milliseconds: number) => (session: Session) => {
  session.reply('150 send');
  void session
    .data()
    .then((data) =>
      data.resume().once('end', () => setTimeout(() => session.reply('226 no virus'), milliseconds)),
    );
};
const stopReading = (session: Session) => {
  session.reply('150 send');
  void session.data().then((data) => data.pause());
};
const listHalf = (session: Session) => {
  session.reply('150 look');
  void session.data().then((data) => data.write('-rw-r--r-- 1 a a 12 Jan'));
};

test.each<[string, (server: FileServer) => Promise<unknown>, Answers, object]>([
  ['stops in the middle of a list', names, { LIST: listHalf }, {}],
  ['stops in the middle of an upload', (server) => upload(server, endless()), { STOR: stopReading }, {}],
  [
    'never answers TLS on the data connection of an upload',
    upload,
    { STOR: '150 send' },
    { silentData: true },
  ],
  ['never answers TLS on the data connection of a list', names, { LIST: '150 look' }, { silentData: true }],
  ['never answers a command', names, { CWD: () => undefined }, {}],
])('a server that %s is given up', async (_, call, answers, script) => {
  const attempt = call(await connect(answers, { timeout: SHORT, ...script }));
  await expect(attempt).rejects.toMatchObject(UNAVAILABLE);
  await expect(attempt).rejects.toThrow('made no progress for 0.25 s');
});

test('a server that uses up the time of each step, and not more, is not given up', async () => {
  const slowly = (text: string) => (session: Session) => void setTimeout(() => session.reply(text), 150);
  const server = await connect({ CWD: slowly('250 ok'), STOR: confirmAfter(150) }, { timeout: 1_000 });
  for (let i = 0; i < 4; i++) await names(server);
  await expect(upload(server)).resolves.toBeUndefined();
});

test('a server that does not confirm an upload in time is reported, with the setting for more time', async () => {
  const attempt = upload(await connect({ STOR: confirmAfter(60_000) }, { timeout: SHORT }));
  await expect(attempt).rejects.toMatchObject(UNAVAILABLE);
  await expect(attempt).rejects.toThrow('Set delivery.timeout, for example to 10m');
});

test('a server with implicit TLS works like any other', async () => {
  const listing = '-rw-r--r-- 1 a a 12 Jan 01 10:00 a.csv\r\n';
  const server = await connect({}, { implicit: true, listing, login: { tls: 'implicit' } });
  await upload(server);
  expect(await names(server)).toEqual(['a.csv']);
  expect(scripted()!.received).not.toContain('AUTH TLS');
  expect(scripted()!.received.join()).not.toContain('plain: ');
});

test('a server that expects implicit TLS is recognized by its silence, and the error shows the setting', async () => {
  const login = connect({}, { implicit: true, timeout: 4_000 });
  await expect(login).rejects.toMatchObject(REFUSED);
  await expect(login).rejects.toThrow('Set delivery.tls: implicit.');
});

test('a server with a slow greeting does not count as one with implicit TLS', async () => {
  const greeting = (session: Session) => void setTimeout(() => session.reply('220 ready'), 600);
  const server = await connect({ greeting }, { timeout: 1_600 });
  expect(await names(server)).toEqual([]);
});

test('a server without implicit TLS gets no password, and the error names the setting', async () => {
  const login = connect({}, { login: { tls: 'implicit' } });
  await expect(login).rejects.toMatchObject(REFUSED);
  await expect(login).rejects.toThrow('need delivery.tls: explicit');
  expect(scripted()!.received.join()).not.toMatch(/USER|PASS|actito|top-secret/);
});

test.each<[string, Answers]>([
  ['has no passive transfers', { EPSV: '502 no', PASV: '502 no' }],
  ['forbids passive transfers', { EPSV: '550 no', PASV: '550 use PORT' }],
])('a server that %s is rejected, with the reason why active transfers are not tried', async (_, answers) => {
  const attempt = names(await connect(answers));
  await expect(attempt).rejects.toMatchObject(REFUSED);
  await expect(attempt).rejects.toThrow('Active transfers are not supported');
  expect(scripted()!.received.join()).not.toMatch(/EPRT|PORT /);
});

test.each([
  { EPSV: '425 later', PASV: '502 no' },
  { EPSV: '502 no', PASV: '425 later' },
])('a transfer mode that may come back is retried: %o', async (answers) => {
  await expect(names(await connect(answers))).rejects.toMatchObject(UNAVAILABLE);
});

test('after a refused data connection, the next call can open one', async () => {
  let asked = 0;
  const PASV = (session: Session) => session.reply(asked++ === 0 ? '425 later' : '502 no');
  const server = await connect({ EPSV: '502 no', PASV });
  await expect(names(server)).rejects.toMatchObject(UNAVAILABLE);
  await expect(names(server)).rejects.toThrow('rejects passive transfers');
});

test('a second login that is refused while one is open is retried later; a refused first login is final', async () => {
  let logins = 0;
  const PASS = (session: Session) => session.reply(logins++ === 0 ? '230 welcome' : '530 nein');
  const server = await connect({ PASS });
  await expect(logIn()).rejects.toMatchObject(UNAVAILABLE);
  await server.close();
  await expect(logIn()).rejects.toMatchObject(REFUSED);
});

test('a server with names in Latin-1 reads and writes them in Latin-1', async () => {
  const listing = '-rw-r--r-- 1 a a 12 Jan 01 10:00 Été.csv\r\n';
  const LIST = (session: Session) => {
    session.reply('150 look');
    void session
      .data()
      .then((data) => data.end(Buffer.from(listing, 'latin1'), () => session.reply('226 done')));
  };
  const server = await connect({ LIST }, { encoding: 'latin1', login: { encoding: 'latin1' } });
  expect(await names(server)).toEqual(['Été.csv']);
  await server.upload('/in/Noël.csv', lines('id\n'));
  expect(scripted()!.received).toContain('STOR /in/Noël.csv');
  await expect(server.upload('/in/łódź.csv', lines('id\n'))).rejects.toThrow('/in/łódź.csv has letters');
});
