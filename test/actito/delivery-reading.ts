import { createHash, randomBytes } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import { expect, test } from 'vitest';
import type { Stand } from './delivery-stand.ts';

/** Larger than all windows and buffers of a transfer. */
const LARGE = randomBytes(12_345_678).toString('latin1');
const hashOf = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');

export async function readAll(parts: AsyncIterable<Buffer>): Promise<Buffer> {
  const found: Buffer[] = [];
  for await (const part of parts) found.push(part);
  return Buffer.concat(found);
}

/** Reads one part, and leaves the loop. */
export async function readOne(parts: AsyncIterable<Buffer>): Promise<Buffer | undefined> {
  for await (const part of parts) return part;
  return undefined;
}

export async function readText(parts: AsyncIterable<Buffer>): Promise<string> {
  return (await readAll(parts)).toString();
}

/** Exports: the list of their folder, and their content. */
export function testReading({ fixture, connect }: Stand): void {
  const path = (name: string) => `${fixture().directory}/${name}`;

  test('the list of a folder has sizes and times, and leaves out folders and unwanted names', async () => {
    const before = Math.floor(Date.now() / 1000) * 1000;
    await fixture().write('a.csv', 'abc');
    await fixture().write('b.csv', '');
    await fixture().write('c.txt', 'x');
    await fixture().makeFolder('folder.csv');
    const entries = await (await connect()).entries(fixture().directory, (name) => name.endsWith('.csv'));
    expect(entries.sort((a, b) => (a.name < b.name ? -1 : 1))).toMatchObject([
      { name: 'a.csv', size: 3 },
      { name: 'b.csv', size: 0 },
    ]);
    for (const { modified } of entries) {
      expect(modified!.getTime()).toBeGreaterThanOrEqual(before - 1000);
      expect(modified!.getTime()).toBeLessThanOrEqual(Date.now());
    }
    expect((await fixture().names()).sort()).toEqual(['a.csv', 'b.csv', 'c.txt', 'folder.csv']);
  });

  test.each([0, 1, 31_743, 31_744, 31_745, 12_345_678])(
    'a file of %d bytes is read as it is',
    async (size) => {
      await fixture().write('a.csv', LARGE.slice(0, size));
      const written = (await fixture().read('a.csv'))!;
      const server = await connect();
      const found = await readAll(server.read(path('a.csv')));
      expect([found.length, hashOf(found)]).toEqual([written.length, hashOf(written)]);
      expect(hashOf(await readAll(server.read(path('a.csv'))))).toBe(hashOf(written));
    },
  );

  test('a slow consumer gets the whole file, and the connection can be used after it', async () => {
    await fixture().write('a.csv', LARGE);
    const server = await connect();
    const found: Buffer[] = [];
    for await (const part of server.read(path('a.csv'))) {
      found.push(Buffer.from(part));
      if (found.length % 40 === 1) await setTimeout(5);
    }
    expect(hashOf(Buffer.concat(found))).toBe(hashOf((await fixture().read('a.csv'))!));
    expect(await server.names(fixture().directory)).toEqual(['a.csv']);
  });

  test('after the loop is left early, the connection reads the next file or is unavailable, and a new one reads it', async () => {
    await fixture().write('a.csv', LARGE);
    await fixture().write('b.csv', 'whole');
    const server = await connect();
    const first = await readOne(server.read(path('a.csv')));
    expect(first!.length).toBeLessThan(LARGE.length);
    const next = await readText(server.read(path('b.csv'))).catch((error: unknown) => error);
    if (next instanceof Error) expect(next).toMatchObject({ name: 'DeliveryUnavailable' });
    else expect(next).toBe('whole');
    expect(await readText((await connect()).read(path('b.csv')))).toBe('whole');
  });

  test('a file that is gone is a temporary failure, and the connection can be used again', async () => {
    await fixture().write('b.csv', 'whole');
    const server = await connect();
    const read = readAll(server.read(path('a.csv')));
    await expect(read).rejects.toMatchObject({ name: 'DeliveryUnavailable', told: { reason: 'fileGone' } });
    expect((await readAll(server.read(path('b.csv')))).toString()).toBe('whole');
  });

  test('a missing folder of exports is reported with its setting', async () => {
    const listing = (await connect()).entries('/nowhere');
    await expect(listing).rejects.toMatchObject({ name: 'DeliveryRefused' });
    await expect(listing).rejects.toThrow('profiles.export.directory');
  });

  test('canceling during a download ends it', async () => {
    await fixture().write('a.csv', LARGE);
    const cancelled = new AbortController();
    const server = await connect(cancelled.signal);
    const read = async () => {
      for await (const part of server.read(path('a.csv'))) if (part.length > 0) cancelled.abort();
    };
    await expect(read()).rejects.toMatchObject({ name: 'AbortError' });
    await expect(readAll(server.read(path('a.csv')))).rejects.toMatchObject({ name: 'AbortError' });
  });
}
