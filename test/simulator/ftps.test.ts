import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { Readable, Writable } from 'node:stream';
import { type AccessOptions, Client } from 'basic-ftp';
import { afterEach, expect, test } from 'vitest';
import { startSimulator } from '../../simulator/start.ts';
import { developmentPackage, PackageMissing } from '../../simulator/transfer/development-package.ts';
import { connect, createList, people, sftp, simulatorForTests, until } from './support.ts';

const simulator = simulatorForTests({ ftpsPort: 0 });

const open: Client[] = [];
afterEach(() => open.splice(0).forEach((client) => client.close()));

/** A session of an FTP client that trusts only the announced certificate. */
async function ftps(login: AccessOptions = {}): Promise<Client> {
  const { host, port, username: user, password, ca } = simulator().ftps!;
  const client = new Client(20_000);
  open.push(client);
  await client.access({ host, port, user, password, secure: true, secureOptions: { ca }, ...login });
  return client;
}

const bytes = (text: string) => Readable.from([Buffer.from(text)]);
const onDisk = (name: string) => readFileSync(join(simulator().sftp.root, 'in', name), 'utf8');

test('without a request for it, there is no FTPS server', async () => {
  const other = await startSimulator();
  expect(other.ftps).toBeUndefined();
  await other.stop();
});

test('only the right user name with the right password may log in, and only over TLS', async () => {
  await expect(ftps({ password: 'wrong' })).rejects.toThrow('530 Login incorrect.');
  await expect(ftps({ user: 'root' })).rejects.toThrow('530 Login incorrect.');
  await expect(ftps({ secure: false })).rejects.toThrow('530 Log in over TLS.');
  expect(await (await ftps()).pwd()).toBe('/');
});

test('all clients of another process can log in, however quickly they start TLS', async () => {
  // The other way round here: the server is the other process.
  const child = spawn(
    process.execPath,
    ['dev/start.js', 'simulator/main.ts', '--api-port', '0', '--sftp-port', '0', '--ftps-port', '0'],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  try {
    let printed = '';
    child.stdout.on('data', (chunk: Buffer) => (printed += String(chunk)));
    await until(() => printed.includes('Ctrl-C'));
    const variable = (name: string) =>
      new RegExp(`export ACTITO_FTPS_${name}='?([^']+?)'?\\n(?=\\n|  export)`).exec(printed)![1]!;
    const login = {
      host: variable('HOST'),
      port: Number(variable('PORT')),
      secureOptions: { ca: variable('CA') },
      user: variable('USERNAME'),
      password: variable('PASSWORD'),
    };
    for (let i = 0; i < 25; i += 1) {
      await Promise.all(Array.from({ length: 8 }, () => ftps(login)));
      open.splice(0).forEach((client) => client.close());
    }
  } finally {
    child.kill('SIGTERM');
    await once(child, 'exit');
  }
}, 60_000);

test('a file is written, read, listed and removed', async () => {
  const client = await ftps();
  await client.uploadFrom(bytes('zoë\n'), '/in/a.csv');
  expect(onDisk('a.csv')).toBe('zoë\n');
  const read: Buffer[] = [];
  await client.downloadTo(
    new Writable({ write: (chunk: Buffer, _, done) => (read.push(chunk), done()) }),
    '/in/a.csv',
  );
  expect(Buffer.concat(read).toString()).toBe('zoë\n');
  expect(await client.size('/in/a.csv')).toBe(5);
  expect(await client.list('/in')).toMatchObject([{ name: 'a.csv', size: 5, isFile: true }]);
  expect(await client.list('/')).toMatchObject([{ name: 'in', isDirectory: true }]);
  await client.remove('/in/a.csv');
  expect(await client.list('/in')).toEqual([]);
});

test('a file is appended to, and an empty one has a size', async () => {
  const client = await ftps();
  await client.uploadFrom(bytes(''), '/in/a.csv');
  expect(await client.size('/in/a.csv')).toBe(0);
  await client.appendFrom(bytes('abc'), '/in/a.csv');
  await client.appendFrom(bytes('def'), '/in/a.csv');
  expect(onDisk('a.csv')).toBe('abcdef');
});

test('a shorter file contains nothing of the longer one with the same name', async () => {
  const client = await ftps();
  await client.uploadFrom(bytes('a long one'), '/in/a.csv');
  await client.uploadFrom(bytes('short'), '/in/a.csv');
  expect(onDisk('a.csv')).toBe('short');
});

test('folders are created, entered and removed', async () => {
  const client = await ftps();
  await client.ensureDir('/in/a/b');
  expect(await client.pwd()).toBe('/in/a/b');
  await client.cd('..');
  expect(await client.list()).toMatchObject([{ name: 'b', isDirectory: true }]);
  await client.removeDir('/in/a');
  await expect(client.cd('/in/a')).rejects.toThrow('550 No such file or folder.');
});

test('a rename replaces its target', async () => {
  const client = await ftps();
  await client.uploadFrom(bytes('old'), '/in/list.csv');
  await client.uploadFrom(bytes('new'), '/in/list.tmp');
  await client.rename('/in/list.tmp', '/in/list.csv');
  expect(onDisk('list.csv')).toBe('new');
  expect(readdirSync(join(simulator().sftp.root, 'in'))).toEqual(['list.csv']);
});

test('no session leaves the directory', async () => {
  const client = await ftps();
  await client.cd('/in/../../..');
  expect(await client.pwd()).toBe('/');
  await client.uploadFrom(bytes('x'), '../../../in/../../x.csv');
  expect(readdirSync(simulator().sftp.root)).toContain('x.csv');
  await client.remove('/x.csv');
});

test('errors show no path of the machine', async () => {
  const client = await ftps();
  const attempts = [
    () => client.size('/in/none.csv'),
    () => client.remove('/in/none.csv'),
    () => client.uploadFrom(bytes('x'), '/none/a.csv'),
    () => client.rename('/in/none.csv', '/in/a.csv'),
  ];
  for (const attempt of attempts) await expect(attempt()).rejects.toThrow('550 No such file or folder.');
  await expect(client.removeEmptyDir('/')).rejects.not.toThrow(simulator().sftp.root);
});

test('a file is visible under its name while it grows', async () => {
  const client = await ftps();
  const source = new Readable({ read: () => undefined });
  const upload = client.uploadFrom(source, '/in/a.csv');
  source.push('first half, ');
  await until(
    () => readdirSync(join(simulator().sftp.root, 'in')).includes('a.csv') && onDisk('a.csv') !== '',
  );
  expect(onDisk('a.csv')).toBe('first half, ');
  source.push('second half');
  source.push(null);
  await upload;
  expect(onDisk('a.csv')).toBe('first half, second half');
});

test('files that arrive by FTPS are visible to SFTP, and Actito retrieves them', async () => {
  await simulator().seedContacts(people(2));
  const list = await createList(await connect(simulator()));
  const client = await ftps();
  await client.uploadFrom(bytes('emailAddress\na1@shop.be\na2@shop.be\n'), '/in/VIP.csv');
  expect(await (await sftp(simulator())).list('/in')).toMatchObject([{ name: 'VIP.csv' }]);
  await simulator().pollNow();
  expect(
    simulator()
      .lists()
      .find(({ id }) => id === list),
  ).toMatchObject({ numberOfProfiles: 2 });
  expect(await client.list('/in')).toEqual([]);
});

test('a reset cuts the connections, and closes the files that they left open', async () => {
  const openHere = () =>
    readdirSync('/proc/self/fd').filter((fd) => {
      try {
        return readlinkSync(`/proc/self/fd/${fd}`).startsWith(simulator().sftp.root);
      } catch {
        return false; // closed since it was listed
      }
    }).length;
  const client = await ftps();
  const endless = new Readable({
    read() {
      this.push(Buffer.alloc(10_000));
    },
  });
  const broken = client.uploadFrom(endless, '/in/a.csv').catch((error: Error) => error);
  await until(() => openHere() === 1);
  await simulator().reset();
  expect(await broken).toBeInstanceOf(Error);
  await until(() => openHere() === 0);
  expect(await (await ftps()).list('/in')).toEqual([]);
});

test('the server does not handle the signals of its process', async () => {
  const signals = ['SIGTERM', 'SIGINT', 'SIGQUIT'] as const;
  const listeners = () => signals.map((signal) => process.listenerCount(signal));
  const before = listeners();
  const other = await startSimulator({ ftpsPort: 0 });
  expect(listeners()).toEqual(before);
  await other.stop();
});

test('if its packages are not installed, it says what to install', async () => {
  const missing = 'a-package-that-is-not-there';
  const load = developmentPackage(missing, () => import(missing));
  await expect(load).rejects.toBeInstanceOf(PackageMissing);
  await expect(load).rejects.toThrow(`needs the package ${missing}`);
  const broken = developmentPackage('broken', () => Promise.reject(new Error('broken')));
  await expect(broken).rejects.toThrow('broken');
  await expect(broken).rejects.not.toBeInstanceOf(PackageMissing);
});
