import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { deliverList, type ListDelivery } from '../../../actito/delivery/deliver.ts';
import { temporaryName } from '../../../actito/delivery/temporary-names.ts';
import type { FileServer } from '../../../actito/delivery/file-server.ts';
import { connectFtps, type FtpsLogin } from '../../../actito/delivery/ftps.ts';
import { endless, FILE, lines } from '../../actito/delivery-stand.ts';
import type { FtpServer } from './ftp-server.ts';

/** A delivery of a list to a server. */
export function listFor(
  { directory }: Pick<FtpServer, 'directory'>,
  content: AsyncIterable<Uint8Array>,
  more: Partial<ListDelivery> = {},
): ListDelivery {
  const checkFence = async () => undefined;
  return { directory, fileName: FILE, fence: '5', delivery: '1', content, checkFence, ...more };
}

/** A server for the tests of one group; its folder is empty before each, and its connections are closed after. */
function ftpsStand(start: () => Promise<FtpServer>) {
  let server: FtpServer;
  const open: FileServer[] = [];
  beforeAll(async () => {
    server = await start();
  });
  beforeEach(() => server.empty());
  afterEach(async () => {
    for (const connection of open.splice(0)) await connection.close();
  });
  afterAll(() => server?.stop());

  async function connect(
    changes: Partial<FtpsLogin> = {},
    signal = new AbortController().signal,
  ): Promise<FileServer> {
    const connection = await connectFtps({ ...server.login, ...changes }, signal, 20_000);
    open.push(connection);
    return connection;
  }
  const list = (content: AsyncIterable<Uint8Array>, more: Partial<ListDelivery> = {}): ListDelivery =>
    listFor(server, content, more);
  return { server: () => server, connect, list };
}

/** The contract of a delivery to every real FTP server. */
export function describeFtps(name: string, start: () => Promise<FtpServer>): void {
  describe(`delivery to ${name}`, () => {
    const { server, connect, list } = ftpsStand(start);

    test('a list is uploaded, replaced, and replaced again on one connection', async () => {
      const connection = await connect();
      for (const delivery of ['1', '2', '3']) {
        const text = `id\n${'zoë@shop.be\n'.repeat(Number(delivery))}`;
        await deliverList(connection, list(lines(text), { delivery }));
        expect(await server().text(FILE)).toBe(text);
        expect(await connection.names(server().directory)).toEqual([FILE]);
      }
    });

    test('a list of 20 MB and a list without a byte arrive unchanged', async () => {
      const connection = await connect();
      const chunk = Buffer.alloc(100_000, 'anna@shop.be\n');
      async function* content() {
        for (let i = 0; i < 200; i++) yield chunk;
      }
      await deliverList(connection, list(content()));
      expect(server().size(FILE)).toBe(20_000_000);
      await deliverList(connection, list(lines(), { delivery: '2' }));
      expect(await server().text(FILE)).toBe('');
    });

    test('names with blanks, quotes and letters beyond ASCII are kept', async () => {
      const connection = await connect();
      const names = ['VIP clients été.csv', 'a "quoted" list.csv', 'data connection closed.csv'];
      for (const fileName of names) await deliverList(connection, list(lines('id\n'), { fileName }));
      expect(await server().names()).toEqual([...names].sort());
      expect((await connection.names(server().directory)).sort()).toEqual([...names].sort());
    });

    test('temporary files of an older upload are found and removed', async () => {
      for (const left of ['4', '5'])
        await server().write(temporaryName({ fileName: FILE, fence: left, delivery: '0' }), 'x');
      await deliverList(await connect(), list(lines('id\n')));
      expect(await server().names()).toEqual([FILE]);
    });

    test('a canceled upload leaves the old file, and the next one replaces it', async () => {
      await server().write(FILE, 'old');
      const canceled = new AbortController();
      async function* content() {
        let sent = 0;
        for await (const chunk of endless()) {
          yield chunk;
          if ((sent += chunk.length) === 2_000_000) canceled.abort();
        }
      }
      const delivery = deliverList(await connect({}, canceled.signal), list(content()));
      await expect(delivery).rejects.toMatchObject({ name: 'AbortError' });
      expect(await server().text(FILE)).toBe('old');
      await deliverList(await connect(), list(lines('new'), { fence: '6' }));
      expect(await server().text(FILE)).toBe('new');
    });

    test('removing succeeds for an existing and for a missing file', async () => {
      await server().write('a.csv', 'x');
      const connection = await connect();
      await connection.remove('/in/a.csv');
      await connection.remove('/in/a.csv');
      expect(await server().names()).toEqual([]);
    });

    test('a file that is missing before its rename is reported as such, and the list stays', async () => {
      await server().write(FILE, 'newer');
      const rename = (await connect()).replace('/in/gone.part', `/in/${FILE}`);
      await expect(rename).rejects.toMatchObject({ name: 'DeliveryUnavailable' });
      expect(await server().text(FILE)).toBe('newer');
    });

    test('a wrong password and a missing folder are final, and the error names their setting', async () => {
      const login = connect({ password: 'wrong-secret' });
      await expect(login).rejects.toMatchObject({ name: 'DeliveryRefused', retryable: false });
      await expect(login).rejects.toThrow('Check delivery.username and delivery.password');
      await expect(login).rejects.not.toThrow('wrong-secret');
      const names = (await connect()).names('/nowhere');
      await expect(names).rejects.toMatchObject({ name: 'DeliveryRefused', retryable: false });
      await expect(names).rejects.toThrow('delivery.directory');
    });
  });
}
