import { afterEach, expect, test } from 'vitest';
import { deliverList, type Placing } from '../../actito/delivery/deliver.ts';
import type { FileServer } from '../../actito/delivery/file-server.ts';
import { connectFtps, type FtpsLogin } from '../../actito/delivery/ftps.ts';
import { findOut } from '../../actito/delivery/find-out.ts';
import { endless, FILE, lines } from '../actito/delivery-stand.ts';
import { type FtpServer, type FtpServerOptions } from './setup/ftp-server.ts';
import { startProftpd, startPureFtpd, startVsftpd } from './setup/ftp-servers.ts';
import { listFor } from './setup/ftps-contract.ts';

/* The answers of real servers when they lack rights or resources, and how we handle them. */

const STARTS = { vsftpd: startVsftpd, ProFTPD: startProftpd, 'pure-ftpd': startPureFtpd };
type Kind = keyof typeof STARTS;
const KINDS = Object.keys(STARTS) as Kind[];
const WITH_IMPLICIT: Kind[] = ['vsftpd', 'ProFTPD'];

const UNAVAILABLE = { name: 'DeliveryUnavailable', retryable: true };
const REFUSED = { name: 'DeliveryRefused', retryable: false };

let server: FtpServer;
const started: FtpServer[] = [];
const open: FileServer[] = [];
afterEach(async () => {
  for (const connection of open.splice(0)) await connection.close();
  for (const each of started.splice(0)) await each.stop();
});

async function start(kind: Kind, options: FtpServerOptions = {}): Promise<void> {
  server = await STARTS[kind](options);
  started.push(server);
}

async function connect(changes: Partial<FtpsLogin> = {}, timeout = 20_000): Promise<FileServer> {
  const connection = await connectFtps(
    { ...server.login, ...changes },
    new AbortController().signal,
    timeout,
  );
  open.push(connection);
  return connection;
}

async function deliver(content = lines('id\n')): Promise<number> {
  return deliverList(await connect(), listFor(server, content));
}

async function* kilobytes(count: number): AsyncGenerator<Uint8Array> {
  for (let i = 0; i < count; i++) yield Buffer.alloc(1024, 'anna@shop.be\n');
}

test.each(KINDS)('%s: a full disk is retried, and the list stays unchanged', async (kind) => {
  await start(kind, { diskSize: '64k' });
  await server.write(FILE, 'old');
  await expect(deliver(kilobytes(500))).rejects.toMatchObject(UNAVAILABLE);
  expect(await server.text(FILE)).toBe('old');
});

test.each<Kind>(['ProFTPD', 'pure-ftpd'])(
  '%s: an account that has used up its quota is retried, with what to do, and the list stays unchanged',
  async (kind) => {
    await start(kind, { quota: 1024 ** 2 });
    await deliver(kilobytes(10));
    const delivery = deliver(kilobytes(3_000));
    await expect(delivery).rejects.toMatchObject(UNAVAILABLE);
    await expect(delivery).rejects.toThrow("the account's quota is exceeded). Free space in the account");
    expect([await server.names(), server.size(FILE)]).toEqual([[FILE], 10_240]);
    await deliver(kilobytes(20));
    expect(server.size(FILE)).toBe(20_480);
  },
);

test.each<[Kind, string[]]>([
  ['vsftpd', ['hide_file={.*}']],
  ['ProFTPD', ['<Directory />', 'HideFiles ^\\.', '</Directory>']],
])(
  '%s with %s lists no names with a dot: doctor shows the setting, and uploads are found',
  async (kind, settings) => {
    await start(kind, { settings });
    const { login, directory } = server;
    const find = (placing: Placing) =>
      findOut({ login, directory, placing, signal: new AbortController().signal });
    expect(await find({})).toEqual(['temporaryName']);
    const placing = { temporaryName: '{file}.tmp' };
    expect(await find(placing)).toEqual([]);
    expect(await server.names()).toEqual([]);
    await server.write(`${FILE}.4-1.tmp`, 'given up');
    const connection = await connect();
    await server.write('.given-up.part', 'hidden');
    await connection.remove(`${directory}/.given-up.part`);
    expect(await server.names()).toEqual([`${FILE}.4-1.tmp`]);
    await deliverList(connection, listFor(server, lines('id\n'), { placing }));
    expect(await server.names()).toEqual([FILE]);
  },
);

test.each(KINDS)('%s: doctor names a missing folder', async (kind) => {
  await start(kind);
  const { login } = server;
  const { signal } = new AbortController();
  const finding = findOut({ login, directory: '/nowhere', placing: {}, signal });
  await expect(finding).rejects.toThrow('denied access to the folder /nowhere (550)');
  const upload = deliverList(await connect(), {
    ...listFor(server, lines('id\n')),
    directory: '/nowhere',
    placing: { listing: false },
  });
  await expect(upload).rejects.toThrow('denied access to the folder /nowhere');
});

test.each<[Kind, string[], string]>([
  ['vsftpd', ['write_enable=NO'], 'needs write permission in delivery.directory'],
  ['vsftpd', ['dirlist_enable=NO'], 'permission to list'],
  ['vsftpd', ['deny_file={.*}'], 'needs write permission in delivery.directory'],
  ['vsftpd', ['anon_other_write_enable=NO'], 'permission to rename and replace'],
  ['vsftpd', ['pasv_enable=NO'], 'rejects passive transfers'],
  ['ProFTPD', ['<Limit WRITE>', 'DenyAll', '</Limit>'], 'needs write permission in delivery.directory'],
  ['ProFTPD', ['PathDenyFilter "(^|/)\\\\.[^/]*$"'], 'needs write permission in delivery.directory'],
  ['ProFTPD', ['<Limit RNTO>', 'DenyAll', '</Limit>'], 'permission to rename and replace'],
  ['ProFTPD', ['<Limit EPSV PASV>', 'DenyAll', '</Limit>'], 'rejects passive transfers'],
  ['pure-ftpd', ['--prohibitdotfileswrite'], 'needs write permission in delivery.directory'],
  ['pure-ftpd', ['--norename'], 'permission to rename and replace'],
])('%s: a failure because of %s is final, and the right is named', async (kind, settings, message) => {
  await start(kind, { settings });
  await server.write(FILE, 'old');
  const delivery = deliver();
  await expect(delivery).rejects.toMatchObject(REFUSED);
  await expect(delivery).rejects.toThrow(message);
  expect(await server.text(FILE)).toBe('old');
});

test.each<[Kind, string[]]>([
  ['vsftpd', ['force_dot_files=NO', 'ls_recurse_enable=NO']],
  ['ProFTPD', ['AllowOverwrite off']],
  ['ProFTPD', ['<Limit MLSD MLST EPSV SIZE MDTM>', 'DenyAll', '</Limit>']],
  ['ProFTPD', ['<Limit MLSD LIST>', 'DenyAll', '</Limit>']],
  ['ProFTPD', ['TimesGMT off']],
  ['ProFTPD', ['<Limit LIST MLSD NLST>', 'DenyAll', '</Limit>']], // it returns an empty list
  ['pure-ftpd', ['--brokenclientscompatibility']],
])('%s with %s accepts a list and replaces it', async (kind, settings) => {
  await start(kind, { settings });
  await server.write(FILE, 'old');
  await deliver(lines('id\n', 'anna\n'));
  expect(await server.text(FILE)).toBe('id\nanna\n');
  expect(await server.names()).toEqual([FILE]);
});

test.each<[Kind, string[], number]>([
  ['vsftpd', ['max_per_ip=2'], 421],
  ['ProFTPD', ['MaxClientsPerUser 1'], 530],
  ['pure-ftpd', ['--peruserlimits', '1:1'], 421],
])('%s with %s: too many of our connections are retried (%i)', async (kind, settings) => {
  await start(kind, { settings });
  await connect();
  const another = async () => {
    for (let i = 0; i < 3; i++) await connect();
  };
  await expect(another()).rejects.toMatchObject(UNAVAILABLE);
});

test('vsftpd that is halted during an upload is given up, and accepts the list when it continues', async () => {
  await start('vsftpd');
  await server.write(FILE, 'old');
  async function* content() {
    let sent = 0;
    for await (const chunk of endless()) {
      yield chunk;
      if ((sent += chunk.length) === 1_000_000) server.halt();
    }
  }
  const halted = await connect({}, 1_000);
  try {
    await expect(deliverList(halted, listFor(server, content()))).rejects.toMatchObject(UNAVAILABLE);
    await expect(connect({}, 500)).rejects.toMatchObject(UNAVAILABLE);
  } finally {
    server.proceed();
  }
  expect(await server.text(FILE)).toBe('old');
  // vsftpd keeps the lock of the file of the halted session: like in a run, the next delivery has another
  // name.
  await deliverList(await connect(), listFor(server, lines('new'), { delivery: '2' }));
  expect(await server.text(FILE)).toBe('new');
});

test.each(WITH_IMPLICIT)('%s with implicit TLS is detected by a login without it', async (kind) => {
  await start(kind, { implicit: true });
  const login = connect({ tls: 'explicit' }, 4_000);
  await expect(login).rejects.toMatchObject(REFUSED);
  await expect(login).rejects.toThrow('Set delivery.tls: implicit.');
});

test.each(KINDS)('%s without implicit TLS is detected by a login with it', async (kind) => {
  await start(kind);
  const login = connect({ tls: 'implicit' });
  await expect(login).rejects.toMatchObject(REFUSED);
  await expect(login).rejects.toThrow('delivery.tls: explicit');
});
