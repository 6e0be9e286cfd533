import { generateKeyPairSync } from 'node:crypto';
import { mkdir, readdir, readFile, readlink } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import ssh2, { type ParsedKey } from 'ssh2';
import { deliverList, type Placing } from '../../actito/delivery/deliver.ts';
import { findOut } from '../../actito/delivery/find-out.ts';
import { readPrivateKey } from '../../actito/delivery/private-key.ts';
import { connectSftp, type SftpLogin } from '../../actito/delivery/sftp.ts';
import { type SshServer, type SshServerOptions, startSshServer } from './setup/ssh-server.ts';

const PHRASE = 'phrase';
const pkcs8 = generateKeyPairSync('ed25519').privateKey.export({
  format: 'pem',
  type: 'pkcs8',
  cipher: 'aes-256-cbc',
  passphrase: PHRASE,
}) as string;
const parsed = ssh2.utils.parseKey(readPrivateKey(pkcs8, PHRASE).text) as ParsedKey;
const publicKey = `ssh-ed25519 ${parsed.getPublicSSH().toString('base64')} test`;

const ends: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

async function start(options?: SshServerOptions): Promise<SshServer> {
  const server = await startSshServer(publicKey, options);
  ends.push(() => server.stop());
  return { ...server, login: { ...server.login, privateKey: pkcs8, passphrase: PHRASE } };
}

async function deliver(
  login: SftpLogin,
  directory: string,
  content: AsyncIterable<Uint8Array>,
  placing?: Placing,
  delivery = '1',
) {
  const server = await connectSftp(login, new AbortController().signal);
  ends.push(() => server.close());
  const checkFence = async () => undefined;
  return deliverList(server, {
    directory,
    fileName: 'VIP.csv',
    fence: '1',
    delivery,
    content,
    checkFence,
    placing,
  });
}

async function* text(content: string) {
  yield Buffer.from(content);
}

test('OpenSSH accepts an encrypted PKCS#8 key, is trusted by each kind of its host keys, and replaces in one step', async () => {
  const { login, directory, fingerprints } = await start();
  for (const pin of Object.values(fingerprints)) {
    await deliver({ ...login, hostKeys: [pin] }, directory, text(pin));
    expect(await readFile(join(directory, 'VIP.csv'), 'utf8')).toBe(pin);
  }
  expect(await readdir(directory)).toEqual(['VIP.csv']);
  const other = deliver({ ...login, hostKeys: [`SHA256:${'A'.repeat(43)}`] }, directory, text(''));
  await expect(other).rejects.toMatchObject({ name: 'DeliveryRefused' });
  for (const fingerprint of Object.values(fingerprints)) await expect(other).rejects.toThrow(fingerprint);
});

test.each<[string, string, string[]]>([
  ['as it is', 'internal-sftp', []],
  ['without listing', 'internal-sftp -P opendir', ['listing']],
  ['without stat, which its listing replaces', 'internal-sftp -P stat,lstat', []],
  ['without posix-rename', 'internal-sftp -P posix-rename', []],
  ['without any rename', 'internal-sftp -P posix-rename,rename', ['write']],
  ['without limits, statvfs and extensions', 'internal-sftp -P limits,statvfs,fsync,hardlink', []],
])('missing rights of OpenSSH are detected: %s', async (_, sftp, lines) => {
  const { login, directory } = await start({ sftp });
  const signal = new AbortController().signal;
  expect(await findOut({ login, directory, placing: {}, signal })).toEqual(lines);
  expect(await readdir(directory)).toEqual([]);
  const placing: Placing = {
    listing: !lines.includes('listing'),
    write: lines.includes('write') ? 'direct' : 'rename',
  };
  for (const content of ['one', 'two']) await deliver(login, directory, text(content), placing);
  expect(await readFile(join(directory, 'VIP.csv'), 'utf8')).toBe('two');
});

test('a read-only OpenSSH is rejected, and the error points to the folder', async () => {
  const { login, directory } = await start({ sftp: 'internal-sftp -R' });
  const delivery = deliver(login, directory, text('id'));
  await expect(delivery).rejects.toMatchObject({ name: 'DeliveryRefused', retryable: false });
  await expect(delivery).rejects.toThrow('needs write permission in delivery.directory');
});

test('a full disk of OpenSSH is retried, and the list stays unchanged', async () => {
  const { login, directory } = await start({ diskSize: '64k' });
  await deliver(login, directory, text('old'));
  const delivery = deliver(login, directory, text('x'.repeat(500_000)), {}, '2');
  await expect(delivery).rejects.toMatchObject({ name: 'DeliveryUnavailable', retryable: true });
  await expect(delivery).rejects.toThrow('the upload failed (the disk is full). Free space on the server');
  expect(await readFile(join(directory, 'VIP.csv'), 'utf8')).toBe('old');
  await deliver(login, directory, text('new'), {}, '3');
  expect(await readdir(directory)).toEqual(['VIP.csv']);
});

test('a folder whose name is in Latin-1 is not found, and the error names the encoding of names', async () => {
  const { login, directory } = await start();
  await mkdir(Buffer.concat([Buffer.from(`${directory}/`), Buffer.from('été', 'latin1')]));
  const delivery = deliver(login, `${directory}/été`, text('id'));
  await expect(delivery).rejects.toMatchObject({ name: 'DeliveryRefused', retryable: false });
  await expect(delivery).rejects.toThrow('SFTP sends names as UTF-8');
  await deliver(login, directory, text('id'));
  expect((await readdir(directory)).sort()).toHaveLength(2); // beside a name that is not UTF-8
});

test('an account whose command is not an SFTP server is rejected as such', async () => {
  const { login, directory } = await start({ more: 'ForceCommand /bin/false' });
  await expect(deliver(login, directory, text('id'))).rejects.toMatchObject({
    name: 'DeliveryRefused',
    message: expect.stringContaining('does not start SFTP') as string,
  });
});

test('a key that the account does not have is a rejected login, also if OpenSSH ends the connection', async () => {
  const { login, directory } = await start({ more: 'MaxAuthTries 1' });
  const privateKey = generateKeyPairSync('ed25519').privateKey.export({
    format: 'pem',
    type: 'pkcs8',
  }) as string;
  await expect(deliver({ ...login, privateKey }, directory, text('id'))).rejects.toMatchObject({
    name: 'DeliveryRefused',
    message: expect.stringContaining('rejected the login') as string,
  });
});

test('an sftp-server that is stopped while SSH answers ends the upload with a temporary failure', async () => {
  const { login, directory } = await start({ sftp: '/usr/lib/openssh/sftp-server' });
  let pid: number | undefined;
  async function* content() {
    yield Buffer.alloc(1_000_000, 'x');
    pid = await sftpServerOf(directory);
    process.kill(pid, 'SIGSTOP');
    for (;;) yield Buffer.alloc(50_000, 'x');
  }
  try {
    const delivery = deliver({ ...login, timeout: 2_000 }, directory, content());
    await expect(delivery).rejects.toMatchObject({ name: 'DeliveryUnavailable', retryable: true });
    await expect(delivery).rejects.toThrow('the upload made no progress for 2 s');
  } finally {
    if (pid !== undefined) process.kill(pid, 'SIGKILL');
  }
});

/** The process that has the upload open. */
async function sftpServerOf(directory: string): Promise<number> {
  for (const pid of (await readdir('/proc')).filter((name) => /^\d+$/.test(name))) {
    if (Number(pid) === process.pid) continue;
    const files = await readdir(`/proc/${pid}/fd`).catch(() => []); // it has ended in the meantime
    for (const file of files) {
      const target = await readlink(`/proc/${pid}/fd/${file}`).catch(() => '');
      if (target.startsWith(directory)) return Number(pid);
    }
  }
  throw new Error(`no process has a file open in ${directory}`);
}
