import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { deliverList, temporaryName, type ListDelivery } from '../../actito/delivery/deliver.ts';
import type { FileServer } from '../../actito/delivery/file-server.ts';
import { Failure } from '../../activation/failures.ts';

/** A real file server, and a view of its folder that does not go through the protocol. */
export interface DeliveryFixture {
  /** Logs in; with a wrong password on demand. */
  connect(signal: AbortSignal, login?: { password?: string }): Promise<FileServer>;
  directory: string;
  names(): Promise<string[]>;
  /** Undefined when there is no such file. */
  read(name: string): Promise<Buffer | undefined>;
  write(name: string, content: string): Promise<void>;
  /** The next uploads break off after so many bytes of a file. */
  breakUploads(afterBytes: number): void;
  refuseRenames(): void;
  /** An empty folder and no faults. */
  reset(): Promise<void>;
  stop(): Promise<void>;
}

const FILE = 'VIP.csv';

export async function* lines(...texts: string[]): AsyncGenerator<Uint8Array> {
  for (const text of texts) yield Buffer.from(text);
}

async function* endless(): AsyncGenerator<Uint8Array> {
  for (;;) yield Buffer.alloc(50_000, 'x');
}

/** What every way of delivering a list has to do. */
export function describeDelivery(name: string, start: () => Promise<DeliveryFixture>): void {
  describe(`delivery by ${name}`, () => {
    let fixture: DeliveryFixture;
    const open: FileServer[] = [];
    beforeAll(async () => {
      fixture = await start();
    });
    beforeEach(() => fixture.reset());
    afterEach(async () => {
      for (const server of open.splice(0)) await server.close();
    });
    afterAll(() => fixture?.stop());

    async function connect(signal = new AbortController().signal): Promise<FileServer> {
      const server = await fixture.connect(signal);
      open.push(server);
      return server;
    }
    const list = (content: AsyncIterable<Uint8Array>, more: Partial<ListDelivery> = {}): ListDelivery => ({
      ...{ directory: fixture.directory, fileName: FILE, fence: '5', delivery: '1' },
      ...{ content, checkFence: async () => undefined, ...more },
    });
    const text = async (file: string) => (await fixture.read(file))?.toString();

    test('a delivered file is exactly its content, and nothing is left beside it', async () => {
      const bytes = await deliverList(
        await connect(),
        list(lines('id\n', 'anna@shop.be\nzoë', '@shop.be\n')),
      );
      expect(await text(FILE)).toBe('id\nanna@shop.be\nzoë@shop.be\n');
      expect(bytes).toBe(Buffer.byteLength('id\nanna@shop.be\nzoë@shop.be\n'));
      expect(await fixture.names()).toEqual([FILE]);
    });

    test('a file of 5 MB arrives whole, whatever the pieces it comes in', async () => {
      const content = Buffer.alloc(5_000_000, 'anna@shop.be\nbob@shop.be\nc\n');
      async function* pieces() {
        for (let at = 0, size = 1; at < content.length; at += size, size = (size * 7) % 99_991) {
          yield content.subarray(at, at + size);
        }
      }
      expect(await deliverList(await connect(), list(pieces()))).toBe(content.length);
      expect((await fixture.read(FILE))!.equals(content)).toBe(true);
    });

    test('a list without lines is a file with its header, and a file without bytes is one too', async () => {
      const server = await connect();
      await deliverList(server, list(lines('id\n')));
      expect(await text(FILE)).toBe('id\n');
      expect(await deliverList(server, list(lines(), { delivery: '2' }))).toBe(0);
      expect(await text(FILE)).toBe('');
    });

    test('nothing appears under the final name before the whole file is written', async () => {
      const seen: (string | undefined)[] = [];
      let whole: string | undefined;
      async function* content() {
        for (let no = 0; no < 5; no++) {
          yield Buffer.alloc(40_000, String(no));
          seen.push(await text(FILE));
        }
      }
      const checkFence = async () => {
        seen.push(await text(FILE));
        whole = await text(temporaryName(FILE, '5', '1'));
      };
      await deliverList(await connect(), list(content(), { checkFence }));
      expect(seen).toEqual(Array(6).fill(undefined));
      expect(whole).toBe(await text(FILE));
      expect(whole).toHaveLength(200_000);
    });

    test('an earlier file is replaced in one step: a reader finds the old one or the new one', async () => {
      await fixture.write(FILE, 'old');
      const seen = new Set<string | undefined>();
      let delivered = false;
      const watch = async () => {
        while (!delivered) seen.add(await text(FILE));
        seen.add(await text(FILE));
      };
      const watching = watch();
      await deliverList(await connect(), list(lines('new'))).finally(() => (delivered = true));
      await watching;
      expect([...seen]).toEqual(['old', 'new']);
    });

    test('older temporaries of this list are removed, all other files stay', async () => {
      const stay = [
        temporaryName('Other.csv', '1', '1'),
        temporaryName(FILE, '5', '2'), // of a later delivery
        temporaryName(FILE, '6', '1'), // of a newer run
        temporaryName(FILE, '10', '1'), // newer, although it sorts before 5
        `.${FILE}.notes.part`,
        'Other.csv',
      ];
      const go = [temporaryName(FILE, '4', '9'), temporaryName(FILE, '5', '0')];
      for (const file of [...stay, ...go]) await fixture.write(file, 'x');
      await deliverList(await connect(), list(lines('id\n')));
      expect(await fixture.names()).toEqual([...stay, FILE].sort());
    });

    test('a file that is not as large as what was sent is not put in place', async () => {
      await fixture.write(FILE, 'old');
      const server = await connect();
      const temporary = temporaryName(FILE, '5', '1');
      /** Something on the server cuts the file short, such as a full disk. */
      const size = async (path: string) => {
        await fixture.write(temporary, 'sho');
        return server.size(path);
      };
      const delivery = deliverList({ ...server, size }, list(lines('short of this')));
      await expect(delivery).rejects.toMatchObject({ name: 'DeliveryUnavailable' });
      await expect(delivery).rejects.toThrow('3 bytes of the 13');
      expect(await text(FILE)).toBe('old');
    });

    test('a refused rename is a failure, and the old file stays', async () => {
      await fixture.write(FILE, 'old');
      fixture.refuseRenames();
      const delivery = deliverList(await connect(), list(lines('new')));
      await expect(delivery).rejects.toBeInstanceOf(Failure);
      await expect(delivery).rejects.toThrow('the rename failed');
      expect(await text(FILE)).toBe('old');
    });

    test('a connection that breaks in mid-upload is a failure that passes, and the old file stays', async () => {
      await fixture.write(FILE, 'old');
      fixture.breakUploads(300_000);
      const delivery = deliverList(await connect(), list(endless()));
      await expect(delivery).rejects.toMatchObject({ name: 'DeliveryUnavailable', retryable: true });
      expect(await text(FILE)).toBe('old');
      await fixture.reset();
      await deliverList(await connect(), list(lines('new')));
      expect(await text(FILE)).toBe('new');
    });

    test('a connection that breaks with the last bytes of a file is told as well', async () => {
      fixture.breakUploads(5);
      const delivery = deliverList(await connect(), list(lines('0123456789')));
      await expect(delivery).rejects.toMatchObject({ name: 'DeliveryUnavailable' });
      expect(await text(FILE)).toBeUndefined();
    });

    test('a wrong password is refused, and does not stand in the message', async () => {
      const login = fixture.connect(new AbortController().signal, { password: 'wrong-secret' });
      await expect(login).rejects.toMatchObject({ name: 'DeliveryRefused', retryable: false });
      await expect(login).rejects.toThrow(/delivery\.username/);
      await expect(login).rejects.not.toThrow(/wrong-secret/);
    });

    test('cancelling in mid-upload ends it, and leaves the final name untouched', async () => {
      await fixture.write(FILE, 'old');
      const cancelled = new AbortController();
      async function* content() {
        let sent = 0;
        for await (const chunk of endless()) {
          yield chunk;
          if ((sent += chunk.length) === 5_000_000) cancelled.abort();
        }
      }
      const delivery = deliverList(await connect(cancelled.signal), list(content()));
      await expect(delivery).rejects.toMatchObject({ name: 'AbortError' });
      expect(await text(FILE)).toBe('old');
    });

    test('what was cancelled before does not begin', async () => {
      await expect(fixture.connect(AbortSignal.abort())).rejects.toMatchObject({ name: 'AbortError' });
    });

    test('content that cannot be complete is never put in place', async () => {
      await fixture.write(FILE, 'old');
      async function* content() {
        yield Buffer.from('half');
        throw new Failure('StageLost', 'The stage is empty.');
      }
      const delivery = deliverList(await connect(), list(content()));
      await expect(delivery).rejects.toMatchObject({ name: 'StageLost' });
      expect(await text(FILE)).toBe('old');
    });

    test('a run that was superseded while it uploaded leaves the old file', async () => {
      await fixture.write(FILE, 'old');
      const checkFence = async () => {
        throw new Failure('RunSuperseded', 'A newer run has taken over.');
      };
      const delivery = deliverList(await connect(), list(lines('new'), { checkFence }));
      await expect(delivery).rejects.toMatchObject({ name: 'RunSuperseded' });
      expect(await text(FILE)).toBe('old');
    });

    test('an upload that wakes up after a newer one delivered cannot take the name, whatever its check said', async () => {
      let wakeUp!: () => void;
      const asleep = new Promise<void>((resolve) => (wakeUp = resolve));
      let isUploaded!: () => void;
      const uploaded = new Promise<void>((resolve) => (isUploaded = resolve));
      const checkFence = async () => {
        isUploaded();
        await asleep; // the check was passed, then the worker slept
      };
      const zombie = deliverList(await connect(), list(lines('zombie'), { fence: '4', checkFence }));
      await uploaded;
      await deliverList(await connect(), list(lines('newer'), { fence: '5' }));
      wakeUp();
      await expect(zombie).rejects.toBeInstanceOf(Failure);
      expect(await text(FILE)).toBe('newer');
      expect(await fixture.names()).toEqual([FILE]);
    });
  });
}
