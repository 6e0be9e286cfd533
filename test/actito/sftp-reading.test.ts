import { expect, test } from 'vitest';
import { READ_WINDOW } from '../../actito/delivery/pipelined-read.ts';
import { readAll, readOne, readText } from './delivery-reading.ts';
import { until } from '../setup/until.ts';
import { scriptedSftp } from './sftp-support.ts';

/** How exports are read from unusual SFTP servers. */

const { start, connect } = scriptedSftp();

const PATH = '/in/a.csv';
/** Each byte differs from the bytes at the same place of other packets. */
const LARGE = Buffer.from(Array.from({ length: 3_000_000 }, (_, i) => (i * 7 + (i >> 15)) % 251));

test('a server that returns fewer bytes than requested is read completely', async () => {
  const { login, files } = await start({ readsAtMost: 10_000 });
  files.set(PATH, LARGE);
  expect((await readAll((await connect(login)).read(PATH))).equals(LARGE)).toBe(true);
});

test('a server that refuses several reads at a time gets one at a time', async () => {
  const { login, files, mostReads } = await start({ readsAtOnce: 1 });
  files.set(PATH, LARGE);
  expect((await readAll((await connect(login)).read(PATH))).equals(LARGE)).toBe(true);
  // How many of the window's reads the server has at a time depends on how they arrive; it refused some of them.
  expect(mostReads()).toBeGreaterThan(1);
});

test('a login with concurrentWrites: 1 reads one packet at a time', async () => {
  const { login, files, mostReads } = await start();
  files.set(PATH, LARGE);
  await readAll((await connect({ ...login, concurrentWrites: 1 })).read(PATH));
  expect(mostReads()).toBe(1);
});

test('while the consumer works, no more than the window is requested', async () => {
  const { login, files, requests } = await start();
  files.set(PATH, LARGE);
  const reads = () => requests.filter((name) => name === `READ ${PATH}`).length;
  const server = await connect(login);
  for await (const part of server.read(PATH)) {
    expect(part.length).toBeGreaterThan(0);
    await until('the window is requested', () => Promise.resolve(reads() >= READ_WINDOW));
    // The server answers in order, so all reads that were requested meanwhile have been answered.
    for (let i = 0; i < 5; i++) await server.names('/in');
    break;
  }
  expect(reads()).toBeLessThanOrEqual(READ_WINDOW + 1);
});

test('leaving the loop early closes the file, and the connection can be used again', async () => {
  const { login, files, requests } = await start();
  files.set(PATH, LARGE);
  files.set('/in/b.csv', Buffer.from('whole'));
  const server = await connect(login);
  await readOne(server.read(PATH));
  expect(requests).toContain(`CLOSE ${PATH}`);
  expect(await readText(server.read('/in/b.csv'))).toBe('whole');
});

test.each([
  [3, { name: 'DeliveryRefused', retryable: false }],
  [4, { name: 'DeliveryUnavailable', retryable: true }],
  ['hangUp' as const, { name: 'DeliveryUnavailable', retryable: true }],
])('a read that is answered with %s is a failure of its kind', async (answer, failure) => {
  const { login, files } = await start({ answers: { READ: () => answer } });
  files.set(PATH, LARGE);
  await expect(readAll((await connect(login)).read(PATH))).rejects.toMatchObject(failure);
});

test('a server that stops answering is given up', async () => {
  const { login, files } = await start({ answers: { READ: () => 'silence' } });
  files.set(PATH, LARGE);
  const read = readAll((await connect({ ...login, timeout: 250 })).read(PATH));
  await expect(read).rejects.toMatchObject({ name: 'DeliveryUnavailable', retryable: true });
  await expect(read).rejects.toThrow('the download made no progress for 0.25 s');
});
