import { once } from 'node:events';
import type { Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { expect, test } from 'vitest';
import type { FileServer } from '../../actito/delivery/file-server.ts';
import { createCertificate } from '../../simulator/transfer/certificate.ts';
import { until } from '../setup/until.ts';
import { endless, lines } from './delivery-stand.ts';
import type { Answers, Session } from './ftps-scripted-server.ts';
import { scriptedStand } from './ftps-scripted-stand.ts';

const { connect, scripted, certificate } = scriptedStand();

const silence = () => undefined;
const beginAndIgnore = (session: Session) => {
  session.reply('234 begin');
  session.ignore();
};
const drop = (session: Session) => session.cut();
const REFUSED = { name: 'DeliveryRefused', retryable: false };
const UNAVAILABLE = { name: 'DeliveryUnavailable', retryable: true };

test.each<[string, Answers, object, string]>([
  ['is full', { greeting: '421 too many users' }, UNAVAILABLE, 'the connection failed (421'],
  ['drops the connection', { greeting: drop }, UNAVAILABLE, 'the connection failed'],
  ['does not know AUTH', { 'AUTH TLS': '500 unknown' }, REFUSED, 'explicit TLS (AUTH TLS'],
  ['offers plain FTP only', { 'AUTH TLS': '502 not here' }, REFUSED, 'Nothing was sent'],
  ['has its TLS switched off', { 'AUTH TLS': '534 no' }, REFUSED, 'the switch to TLS failed (534: '],
  ['has no TLS at the moment', { 'AUTH TLS': '431 later' }, UNAVAILABLE, 'the switch to TLS failed (431: '],
  ['drops the connection at TLS', { 'AUTH TLS': drop }, UNAVAILABLE, 'the switch to TLS failed'],
  ['accepts TLS and continues in plain text', { 'AUTH TLS': '234 a\r\n220 b' }, REFUSED, 'TLS 1.2 or newer'],
])('a server that %s gets no user name and no password', async (_, answers, expected, message) => {
  const login = connect(answers);
  await expect(login).rejects.toMatchObject(expected);
  await expect(login).rejects.toThrow(message);
  expect(scripted()!.received.join()).not.toMatch(/USER|PASS|actito|top-secret/);
});

test('a server that supports nothing newer than TLS 1.1 is rejected, and gets no password', async () => {
  const old = { minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'ALL:@SECLEVEL=0' } as const;
  const login = connect({}, { tls: { ...certificate(), ...old } });
  await expect(login).rejects.toMatchObject(REFUSED);
  await expect(login).rejects.toThrow('TLS 1.2 or newer');
  expect(scripted()!.received).toEqual(['plain: AUTH TLS']);
});

test.each<[string, Answers, object, string]>([
  [
    'a wrong login',
    { PASS: '530 top-secret is wrong' },
    REFUSED,
    'Check delivery.username and delivery.password',
  ],
  ['a request for an account', { PASS: '332 account?' }, REFUSED, 'the login failed (332: '],
  ['a full server', { USER: '421 full' }, UNAVAILABLE, 'the login failed (421: '],
  ['unprotected data only', { PROT: '536 no' }, REFUSED, 'must allow encrypted transfers (PROT P)'],
])('%s is reported as such, without the password', async (_, answers, expected, message) => {
  const login = connect(answers);
  await expect(login).rejects.toMatchObject(expected);
  await expect(login).rejects.toThrow(message);
  await expect(login).rejects.not.toThrow('top-secret');
});

const upload = (server: FileServer) => server.upload('/in/a.csv', lines('id\n'));
const names = (server: FileServer) => server.names('/in');
const remove = (server: FileServer) => server.remove('/in/a.csv');
const replace = (server: FileServer) => server.replace('/in/a.part', '/in/a.csv');
const refuseAfterDrop = (session: Session) => {
  void session.data().then((data) => {
    data.destroy();
    data.once('close', () => session.reply('550 no right to write'));
  });
};
const endWith = (text: string) => (session: Session) => {
  session.reply('150 send');
  void session.data().then((data) => data.resume().once('end', () => session.reply(text)));
};
const dropAtTheEnd = (session: Session) => {
  session.reply('150 send');
  void session.data().then((data) => data.resume().once('end', () => session.cut()));
};
const listed = '-rw-r--r-- 1 a a 12 Jan 01 10:00 a.csv\r\n-rw-r--r-- 1 a a 34 Jan 01 10:00 a.part\r\n';

test.each<[string, (server: FileServer) => Promise<unknown>, Answers, object, string]>([
  ['a missing folder', names, { CWD: '550 no such folder' }, REFUSED, 'Check delivery.directory'],
  ['a forbidden list', names, { LIST: '550 permission denied' }, REFUSED, 'permission to list'],
  ['no way to transfer', names, { EPSV: '502 no', PASV: '425 no' }, UNAVAILABLE, 'block the passive ports'],
  ['a disconnect between calls', names, { CWD: drop }, UNAVAILABLE, 'access to the folder failed'],
  [
    'a forbidden upload',
    upload,
    { STOR: '553 no right' },
    REFUSED,
    'needs write permission in delivery.directory',
  ],
  ['a refusal after the drop', upload, { STOR: refuseAfterDrop }, REFUSED, '(550: no such file'],
  ['a full disk', upload, { STOR: '552 over quota' }, UNAVAILABLE, "the account's quota is exceeded"],
  ['a disk that fills up', upload, { STOR: endWith('452 disk full') }, UNAVAILABLE, 'the disk is full'],
  ['an aborted transfer', upload, { STOR: endWith('426 broken off') }, UNAVAILABLE, '(426: the transf'],
  ['no data connection', upload, { STOR: '425 no data connection' }, UNAVAILABLE, 'block the passive ports'],
  ['a lost answer', upload, { STOR: dropAtTheEnd }, UNAVAILABLE, 'the upload failed'],
  ['a forbidden removal', remove, { DELE: '550 permission denied' }, REFUSED, 'permission to delete'],
  [
    'a forbidden rename',
    replace,
    { RNTO: '550 permission denied' },
    REFUSED,
    'permission to rename and replace',
  ],
  ['a busy rename', replace, { RNTO: '450 busy' }, UNAVAILABLE, 'the rename failed (450: '],
])('%s is reported as such', async (_, call, answers, expected, message) => {
  const attempt = call(await connect(answers, { listing: listed }));
  await expect(attempt).rejects.toMatchObject(expected);
  await expect(attempt).rejects.toThrow(message);
});

test('a data connection with another certificate gets no line of the list', async () => {
  let taken = 0;
  async function* content() {
    taken += 1;
    yield Buffer.from('anna@shop.be\n');
  }
  const server = await connect({}, { dataTls: await createCertificate(['127.0.0.1']) });
  const attempt = server.upload('/in/a.csv', content());
  await expect(attempt).rejects.toMatchObject(REFUSED);
  await expect(attempt).rejects.toThrow('is not trusted');
  expect(taken).toBe(0);
});

test.each<[string, Answers]>([
  ['to a connection', { greeting: silence }],
  ['to TLS', { 'AUTH TLS': beginAndIgnore }],
  ['to the user name', { USER: silence }],
])('a server that never answers %s is given up', async (_, answers) => {
  await expect(connect(answers, { timeout: 200 })).rejects.toMatchObject(UNAVAILABLE);
});

test.each<[string, string, Answers]>([
  ['for TLS', 'plain: AUTH TLS', { 'AUTH TLS': beginAndIgnore }],
  ['at the login', 'PASS top-secret', { PASS: silence }],
])('canceling ends the wait %s', async (_, reached, answers) => {
  const cancelled = new AbortController();
  const login = connect(answers, { signal: cancelled.signal });
  const ended = expect(login).rejects.toMatchObject({ name: 'AbortError' });
  await until(`the server received ${reached}`, async () => scripted()?.received.includes(reached) === true);
  cancelled.abort();
  await ended;
});

test('canceling ends the wait for the confirmation of an upload', async () => {
  const cancelled = new AbortController();
  let isSent!: () => void;
  const sent = new Promise<void>((resolve) => (isSent = resolve));
  const STOR = (session: Session) => {
    session.reply('150 send');
    void session.data().then((data) => data.resume().once('end', isSent));
  };
  const attempt = upload(await connect({ STOR }, { signal: cancelled.signal }));
  const ended = expect(attempt).rejects.toMatchObject({ name: 'AbortError' });
  await sent;
  cancelled.abort();
  await ended;
});

test('canceling closes the connection, so the server does not wait for more', async () => {
  const cancelled = new AbortController();
  let closed: Promise<unknown> | undefined;
  const STOR = (session: Session) => {
    session.reply('150 send');
    void session.data().then((data) => {
      closed = once(data.resume(), 'close');
      data.once('data', () => cancelled.abort());
    });
  };
  const server = await connect({ STOR }, { signal: cancelled.signal });
  await expect(server.upload('/in/a.csv', endless())).rejects.toMatchObject({ name: 'AbortError' });
  await closed;
});

/** Accepts a part of a file, resets the data connection, and then either explains it a moment later or not. */
const resetThenSay = (why?: string) => (session: Session) => {
  session.reply('150 send');
  void session.data().then((data) =>
    data.once('data', () => {
      (data as TLSSocket & { _parent?: Socket })._parent?.resetAndDestroy();
      data.destroy();
      if (why) setTimeout(() => session.reply(why), 100);
    }),
  );
};

test('after an upload whose connection is reset, the next reply explains it, and the next command gets its own reply', async () => {
  const server = await connect({ STOR: resetThenSay('552 over quota'), SIZE: '213 7' });
  const attempt = server.upload('/in/a.csv', endless());
  await expect(attempt).rejects.toThrow("the account's quota is exceeded");
  expect(await server.size('/in/a.csv')).toBe(7);
});

test('an upload whose connection is reset without a reply is temporary, and no later command gets its reply', async () => {
  const server = await connect({ STOR: resetThenSay() });
  await expect(server.upload('/in/a.csv', endless())).rejects.toMatchObject(UNAVAILABLE);
  await expect(server.size('/in/a.csv')).rejects.toMatchObject(UNAVAILABLE);
});
