import { afterAll, afterEach, beforeAll, beforeEach } from 'vitest';
import type { ListDelivery } from '../../actito/delivery/deliver.ts';
import { temporaryName } from '../../actito/delivery/temporary-names.ts';
import type { FileServer } from '../../actito/delivery/file-server.ts';

/** A real file server, and a view of its folder that does not go through the protocol. */
export interface DeliveryFixture {
  /** Logs in, on request with a wrong password. */
  connect(signal: AbortSignal, login?: { password?: string }): Promise<FileServer>;
  directory: string;
  names(): Promise<string[]>;
  /** Undefined if there is no such file. */
  read(name: string): Promise<Buffer | undefined>;
  /** In bytes; 0 if there is no such file. */
  size(name: string): number;
  write(name: string, content: string): Promise<void>;
  makeFolder(name: string): Promise<void>;
  /** The next uploads break off after this number of bytes. */
  breakUploads(afterBytes: number): void;
  refuseRenames(): void;
  /** Refuses to rename onto a file that exists, as some servers do. */
  refuseReplacing(): void;
  /** Empties the folder and clears the faults. */
  reset(): Promise<void>;
  stop(): Promise<void>;
}

export const FILE = 'VIP.csv';

/** The default name of an upload. */
export function uploadOf(fileName: string, fence: string, delivery: string): string {
  return temporaryName({ fileName, fence, delivery });
}

export async function* lines(...texts: string[]): AsyncGenerator<Uint8Array> {
  for (const text of texts) yield Buffer.from(text);
}

export async function* endless(): AsyncGenerator<Uint8Array> {
  for (;;) yield Buffer.alloc(50_000, 'x');
}

export type Stand = ReturnType<typeof deliveryStand>;

/**
 * One file server for the tests of a file; its folder is empty before each test, its connections are closed
 * after.
 */
export function deliveryStand(start: () => Promise<DeliveryFixture>) {
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

  return {
    fixture: () => fixture,
    connect: async (signal = new AbortController().signal): Promise<FileServer> => {
      const server = await fixture.connect(signal);
      open.push(server);
      return server;
    },
    list: (content: AsyncIterable<Uint8Array>, more: Partial<ListDelivery> = {}): ListDelivery => ({
      directory: fixture.directory,
      fileName: FILE,
      fence: '5',
      delivery: '1',
      content,
      checkFence: async () => undefined,
      ...more,
    }),
    text: async (file: string) => (await fixture.read(file))?.toString(),
  };
}
