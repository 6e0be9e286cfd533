import { readdirSync, readFileSync, readlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { once } from 'node:events';
import { Readable, Writable } from 'node:stream';
import { promisify } from 'node:util';
import ssh2 from 'ssh2';
import { expect, test } from 'vitest';
import { generateKeyPair } from '../../simulator/transfer/host-key.ts';
import { sftp, simulatorForTests, until } from './support.ts';

const key = generateKeyPair();
const otherKey = generateKeyPair();
const simulator = simulatorForTests({ publicKey: key.public });

const onDisk = (name: string) => readFileSync(join(simulator().sftp.root, 'in', name), 'utf8');

test('the host key has the announced fingerprint, in the form of OpenSSH', async () => {
  expect(simulator().sftp.hostKey).toMatch(/^SHA256:[A-Za-z0-9+/]{43}$/);
  await sftp(simulator()); // its host verifier compares
});

test('only the right user name with the right password or key may log in', async () => {
  await expect(sftp(simulator(), { password: 'wrong' })).rejects.toThrow('authentication');
  await expect(sftp(simulator(), { username: 'root' })).rejects.toThrow('authentication');
  await expect(sftp(simulator(), { password: undefined, privateKey: otherKey.private })).rejects.toThrow(
    'authentication',
  );
  const client = await sftp(simulator(), { password: undefined, privateKey: key.private });
  expect(await client.cwd()).toBe('/');
});

test('a file is written, read, listed and removed', async () => {
  const client = await sftp(simulator());
  await client.put(Buffer.from('zoë\n'), '/in/a.csv');
  expect(onDisk('a.csv')).toBe('zoë\n');
  expect(await client.get('/in/a.csv')).toEqual(Buffer.from('zoë\n'));
  expect(await client.stat('/in/a.csv')).toMatchObject({ size: 5, isFile: true, isDirectory: false });
  expect(await client.list('/in')).toMatchObject([{ name: 'a.csv', type: '-', size: 5 }]);
  expect(await client.list('/')).toMatchObject([{ name: 'in', type: 'd', rights: { user: 'rwx' } }]);
  await client.delete('/in/a.csv');
  expect(await client.exists('/in/a.csv')).toBe(false);
});

test('a file is appended to, and its permissions and size are changed', async () => {
  const client = await sftp(simulator());
  await client.put(Buffer.from('abc'), '/in/a.csv');
  await client.append(Buffer.from('def'), '/in/a.csv');
  expect(onDisk('a.csv')).toBe('abcdef');
  await client.chmod('/in/a.csv', 0o600);
  expect((await client.stat('/in/a.csv')).mode & 0o777).toBe(0o600);
  expect(await client.list('/in')).toMatchObject([{ rights: { user: 'rw', group: '', other: '' } }]);
});

test('an upload has the requested permissions', async () => {
  const client = await sftp(simulator());
  await client.put(Buffer.from('abc'), '/in/a.csv', { writeStreamOptions: { mode: 0o640 } });
  expect((await client.stat('/in/a.csv')).mode & 0o777).toBe(0o640);
});

test('a stream of many megabytes arrives complete and in order', async () => {
  const client = await sftp(simulator());
  const line = (i: number) => `customer${i}@shop.example\n`;
  await client.put(
    Readable.from(
      (function* () {
        for (let i = 0; i < 400_000; i += 1000) {
          yield Buffer.from(Array.from({ length: 1000 }, (_, j) => line(i + j)).join(''));
        }
      })(),
    ),
    '/in/large.csv',
  );
  const lines = onDisk('large.csv').split('\n');
  expect(lines).toHaveLength(400_001);
  expect(lines.findIndex((each, i) => i < 400_000 && `${each}\n` !== line(i))).toBe(-1);
  let received = 0;
  await client.get(
    '/in/large.csv',
    new Writable({
      write: (chunk: Buffer, _, done) => {
        received += chunk.length;
        done();
      },
    }),
  );
  expect(received).toBe((await client.stat('/in/large.csv')).size);
}, 60_000);

test('a directory of many files is listed completely', async () => {
  const client = await sftp(simulator());
  const { root } = simulator().sftp;
  for (let i = 0; i < 250; i += 1) writeFileSync(join(root, 'in', `${i}.csv`), '');
  expect(await client.list('/in')).toHaveLength(250);
});

test('directories are created and removed', async () => {
  const client = await sftp(simulator());
  await client.mkdir('/in/a/b', true);
  expect(await client.exists('/in/a/b')).toBe('d');
  await client.rmdir('/in/a', true);
  expect(await client.exists('/in/a')).toBe(false);
});

test('a plain rename fails if the target exists, and a posix-rename replaces it', async () => {
  const client = await sftp(simulator());
  await client.put(Buffer.from('old'), '/in/list.csv');
  await client.put(Buffer.from('new'), '/in/list.tmp');
  await expect(client.rename('/in/list.tmp', '/in/list.csv')).rejects.toThrow('the target exists');
  expect(onDisk('list.csv')).toBe('old');
  await client.posixRename('/in/list.tmp', '/in/list.csv');
  expect(onDisk('list.csv')).toBe('new');
  await client.rename('/in/list.csv', '/in/other.csv');
  expect(onDisk('other.csv')).toBe('new');
  await expect(client.posixRename('/in/list.tmp', '/in/list.csv')).rejects.toThrow('No such file');
});

test('no session leaves the directory', async () => {
  const client = await sftp(simulator());
  expect(await client.realPath('/in/../../..')).toBe('/');
  await client.put(Buffer.from('x'), '../../../in/../../x.csv');
  expect(readdirSync(simulator().sftp.root)).toContain('x.csv');
  await client.delete('/x.csv');
});

test('errors show no path of the machine', async () => {
  const client = await sftp(simulator());
  await expect(client.get('/in/none.csv')).rejects.not.toThrow(simulator().sftp.root);
  await expect(client.get('/in/none.csv')).rejects.toThrow('No such file');
  await expect(client.rmdir('/')).rejects.not.toThrow(simulator().sftp.root);
});

test('files that a broken connection left open are closed', async () => {
  const openHere = () =>
    readdirSync('/proc/self/fd').filter((fd) => {
      try {
        return readlinkSync(`/proc/self/fd/${fd}`).startsWith(simulator().sftp.root);
      } catch {
        return false; // closed since it was listed
      }
    }).length;
  const client = await sftp(simulator());
  const endless = Readable.from(
    (function* () {
      for (;;) yield Buffer.alloc(10_000);
    })(),
  );
  const broken = client.put(endless, '/in/a.csv').catch((error: Error) => error);
  await until(() => openHere() === 1);
  await simulator().reset();
  expect(await broken).toBeInstanceOf(Error);
  endless.destroy();
  await until(() => openHere() === 0);
});

test('a session ends when its client has sent everything, as OpenSSH expects', async () => {
  const { host, port, username, password } = simulator().sftp;
  const client = new ssh2.Client().connect({ host, port, username, password });
  await once(client, 'ready');
  const channel = await promisify(client.subsys.bind(client))('sftp');
  channel.resume().end();
  await once(channel, 'close');
  client.end();
  await once(client, 'close');
});
