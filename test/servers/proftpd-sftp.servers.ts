import { afterEach, expect, test } from 'vitest';
import { deliverList, type Placing } from '../../actito/delivery/deliver.ts';
import type { FileServer } from '../../actito/delivery/file-server.ts';
import { findOut } from '../../actito/delivery/find-out.ts';
import { connectSftp, type SftpLogin } from '../../actito/delivery/sftp.ts';
import { endless, FILE, lines } from '../actito/delivery-stand.ts';
import type { FtpServerOptions } from './setup/ftp-server.ts';
import { listFor } from './setup/ftps-contract.ts';
import { type ProftpdSftp, startProftpdSftp } from './setup/proftpd-sftp.ts';

/* An SFTP server that is not OpenSSH: other answers, another limit of writes, passwords. */

const UNAVAILABLE = { name: 'DeliveryUnavailable', retryable: true };
const REFUSED = { name: 'DeliveryRefused', retryable: false };

let server: ProftpdSftp;
let deliveries = 0;
const started: ProftpdSftp[] = [];
const open: FileServer[] = [];
afterEach(async () => {
  for (const connection of open.splice(0)) await connection.close();
  for (const each of started.splice(0)) await each.stop();
});

async function start(options: FtpServerOptions = {}): Promise<void> {
  server = await startProftpdSftp(options);
  started.push(server);
}

async function connect(changes: Partial<SftpLogin> = {}): Promise<FileServer> {
  const login = { ...server.login, timeout: 20_000, ...changes };
  const connection = await connectSftp(login, new AbortController().signal);
  open.push(connection);
  return connection;
}

/** Delivers a list over a connection of its own, as each attempt of a run does. */
async function deliver(content = lines('id\n'), changes: { placing?: Placing; fileName?: string } = {}) {
  const connection = await connect();
  return deliverList(connection, listFor(server, content, { ...changes, delivery: `${++deliveries}` }));
}

async function* kilobytes(count: number): AsyncGenerator<Uint8Array> {
  for (let i = 0; i < count; i++) yield Buffer.alloc(1024, 'anna@shop.be\n');
}

const find = (directory = server.directory) =>
  findOut({ login: server.login, directory, placing: {}, signal: new AbortController().signal });

test('a list is uploaded and replaced, whatever its size and name, and no other file remains', async () => {
  await start();
  expect(await find()).toEqual([]);
  await deliver(lines('id\n', 'zoë@shop.be\n'));
  expect(await server.text(FILE)).toBe('id\nzoë@shop.be\n');
  await deliver(kilobytes(20_000));
  expect(server.size(FILE)).toBe(20_480_000);
  await deliver(lines());
  expect(await server.text(FILE)).toBe('');
  const fileName = 'VIP "clients" été.csv';
  await deliver(lines('id\n'), { fileName });
  expect(await server.names()).toEqual([fileName, FILE]);
  const connection = await connect();
  await connection.remove(`/in/${fileName}`);
  await connection.remove(`/in/${fileName}`);
  await expect(connection.replace('/in/gone.part', `/in/${FILE}`)).rejects.toMatchObject(UNAVAILABLE);
  expect(await server.names()).toEqual([FILE]);
});

test('each of its host keys can be pinned, and a server with other keys is rejected with all fingerprints', async () => {
  await start();
  for (const pin of server.fingerprints) await connect({ hostKeys: [pin] });
  const other = connect({ hostKeys: [`SHA256:${'A'.repeat(43)}`] });
  await expect(other).rejects.toMatchObject(REFUSED);
  for (const fingerprint of server.fingerprints) await expect(other).rejects.toThrow(fingerprint);
});

test('a wrong password and a missing folder are final, and the error names their setting', async () => {
  await start();
  const login = connect({ password: 'wrong-secret' });
  await expect(login).rejects.toMatchObject(REFUSED);
  await expect(login).rejects.toThrow('Check delivery.username and its password');
  await expect(login).rejects.not.toThrow('wrong-secret');
  await expect(find('/nowhere')).rejects.toThrow('has no folder /nowhere. Check delivery.directory');
  await expect((await connect()).names('/nowhere')).rejects.toMatchObject(REFUSED);
});

test('a full disk is retried, and the list stays unchanged', async () => {
  await start({ diskSize: '64k' });
  await server.write(FILE, 'old');
  const delivery = deliver(kilobytes(500));
  await expect(delivery).rejects.toMatchObject(UNAVAILABLE);
  await expect(delivery).rejects.toThrow('the upload failed (the disk is full). Free space on the server');
  expect(await server.text(FILE)).toBe('old');
  await deliver(lines('new'));
  expect(await server.names()).toEqual([FILE]);
});

test('a quota that is exceeded is retried with what to check, although the server confirms the upload and deletes it', async () => {
  await start({ quota: 1024 ** 2 });
  await deliver(kilobytes(10));
  const delivery = deliver(kilobytes(3_000));
  await expect(delivery).rejects.toMatchObject(UNAVAILABLE);
  await expect(delivery).rejects.toThrow("check the account's quota");
  expect([await server.names(), server.size(FILE)]).toEqual([[FILE], 10_240]);
  await deliver(kilobytes(20));
  expect(server.size(FILE)).toBe(20_480);
});

const deny = (commands: string) => [`<Limit ${commands}>`, 'DenyAll', '</Limit>'];

test.each<[string, string[], string]>([
  ['without write permission', deny('WRITE'), 'needs write permission in delivery.directory'],
  [
    'with names that may not begin with a dot',
    ['PathDenyFilter "(^|/)\\\\.[^/]*$"'],
    'temporaryName: "{file}.tmp"',
  ],
  ['without listing', deny('READDIR OPENDIR'), 'set delivery.listing: false'],
  ['without rename', deny('RENAME RNFR RNTO'), 'permission to rename and replace'],
])(
  'an account %s is rejected, the right or setting is named, and the list stays',
  async (_, settings, message) => {
    await start({ settings });
    await server.write(FILE, 'old');
    const delivery = deliver();
    await expect(delivery).rejects.toMatchObject(REFUSED);
    await expect(delivery).rejects.toThrow(message);
    expect(await server.text(FILE)).toBe('old');
  },
);

test.each<[string, string[], string[], Placing]>([
  [
    'refuses names with a dot',
    ['PathDenyFilter "(^|/)\\\\.[^/]*$"'],
    ['temporaryName'],
    { temporaryName: '{file}.tmp' },
  ],
  [
    'hides names with a dot',
    ['<Directory />', 'HideFiles ^\\.', '</Directory>'],
    ['temporaryName'],
    { temporaryName: '{file}.tmp' },
  ],
  ['does not list', deny('READDIR OPENDIR'), ['listing'], { listing: false }],
  ['does not rename', deny('RENAME RNFR RNTO'), ['write'], { write: 'direct' }],
  ['has no STAT', deny('STAT LSTAT FSTAT'), [], {}],
  ['does not overwrite', ['AllowOverwrite off'], [], {}],
  ['has no extensions', ['SFTPExtensions -posixRename -statvfs -fsync -hardlink'], [], {}],
])('doctor finds the settings for a server that %s, and they work', async (_, settings, found, placing) => {
  await start({ settings });
  expect(await find()).toEqual(found);
  expect(await server.names()).toEqual([]);
  for (const content of ['one', 'two']) await deliver(lines(content), { placing });
  expect(await server.text(FILE)).toBe('two');
  expect(await server.names()).toEqual([FILE]);
});

test('a server that allows one connection is retried while another is open', async () => {
  await start({ settings: ['MaxClientsPerUser 1'] });
  const first = await connect();
  await expect(connect()).rejects.toMatchObject(UNAVAILABLE);
  await first.close();
  await expect.poll(() => deliver().catch(() => 'not yet'), { timeout: 20_000 }).toBe(3);
});

test('a server that is halted during an upload is given up, and accepts the list when it continues', async () => {
  await start();
  await server.write(FILE, 'old');
  async function* content() {
    let sent = 0;
    for await (const chunk of endless()) {
      yield chunk;
      if ((sent += chunk.length) === 1_000_000) server.halt();
    }
  }
  const halted = await connect({ timeout: 2_000 });
  try {
    const delivery = deliverList(halted, listFor(server, content()));
    await expect(delivery).rejects.toMatchObject(UNAVAILABLE);
    await expect(delivery).rejects.toThrow('the upload made no progress for 2 s');
    await expect(connect({ timeout: 500 })).rejects.toMatchObject(UNAVAILABLE);
  } finally {
    server.proceed();
  }
  expect(await server.text(FILE)).toBe('old');
  await deliver(lines('new'));
  expect(await server.text(FILE)).toBe('new');
});
