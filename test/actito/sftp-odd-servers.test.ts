import { expect, test } from 'vitest';
import { FILE } from './delivery-stand.ts';
import { type Answer, STATVFS } from './sftp-scripted-server.ts';
import { deliver, scriptedSftp } from './sftp-support.ts';

const { start, connect } = scriptedSftp();

const IN_PLACE = `/in/${FILE}`;
const POSIX_RENAME = 'posix-rename@openssh.com';
/** Larger than one packet, and each byte differs from the bytes of other packets. */
const LARGE = Buffer.from(Array.from({ length: 700_000 }, (_, i) => (i * 7 + (i >> 15)) % 251));

const REFUSED = { name: 'DeliveryRefused', retryable: false };
const PASSES = { name: 'DeliveryUnavailable', retryable: true };

test.each([3, 4, 5, 8])(
  'a posix-rename that is offered and answered with %d falls back to a plain rename',
  async (code) => {
    const { login, texts } = await start({ answers: { 'posix-rename': () => code } });
    await deliver(await connect(login), 'one');
    await deliver(await connect(login), 'two', { delivery: '2' }); // the plain rename replaces nothing here
    expect(texts()).toEqual({ [IN_PLACE]: 'two' });
  },
);

test('a list is delivered to a server that announces no extension and replaces with no rename', async () => {
  const { login, texts } = await start({ extensions: {} });
  await deliver(await connect(login), 'one');
  await deliver(await connect(login), 'two', { delivery: '2' });
  expect(texts()).toEqual({ [IN_PLACE]: 'two' });
});

test.each([3, 4, 8])('a server that answers STAT with %d is asked for its listing', async (code) => {
  const { login, texts } = await start({ answers: { STAT: () => code } });
  await deliver(await connect(login), 'text');
  expect(texts()).toEqual({ [IN_PLACE]: 'text' });
});

test('a server that truncates files is detected by its listing as well', async () => {
  const { login, files } = await start({ answers: { STAT: () => 8 }, keeps: 3 });
  await expect(deliver(await connect(login), 'text')).rejects.toThrow('has 3 of 4 bytes');
  expect(files.has(IN_PLACE)).toBe(false);
});

test('without STAT and listing, the error names the settings that the server needs, and they work', async () => {
  const { login, texts } = await start({ answers: { STAT: () => 8, OPENDIR: () => 3 } });
  const listing = deliver(await connect(login), 'text');
  await expect(listing).rejects.toMatchObject(REFUSED);
  await expect(listing).rejects.toThrow('delivery.listing: false');
  const size = deliver(await connect(login), 'text', { placing: { listing: false } });
  await expect(size).rejects.toMatchObject(REFUSED);
  await expect(size).rejects.toThrow('delivery.checkSize: false');
  await deliver(await connect(login), 'text', { placing: { listing: false, checkSize: false } });
  expect(texts()).toEqual({ [IN_PLACE]: 'text' });
});

test('a server that refuses one of several concurrent writes gets one write at a time, and the file is complete', async () => {
  const { login, files } = await start({ writesAtOnce: 1 });
  await deliver(await connect(login), LARGE);
  expect(files.get(IN_PLACE)!.equals(LARGE)).toBe(true);
});

test.each<Answer>(['hangUp', 'silence'])(
  'after an upload that ended with %s during several writes, the next one writes one at a time',
  async (tooEarly) => {
    const { login, files } = await start({ writesAtOnce: 1, tooEarly });
    const server = { ...login, timeout: 400 };
    await expect(deliver(await connect(server), LARGE)).rejects.toMatchObject(PASSES);
    await deliver(await connect(server), LARGE, { delivery: '2' });
    expect(files.get(IN_PLACE)!.equals(LARGE)).toBe(true);
  },
);

test('concurrentWrites: 1 never has two writes in progress', async () => {
  const { login, files } = await start({ writesAtOnce: 1, tooEarly: 'hangUp' });
  await deliver(await connect({ ...login, concurrentWrites: 1 }), LARGE);
  expect(files.get(IN_PLACE)!.equals(LARGE)).toBe(true);
});

test.each([
  ['a full disk', { free: 0, freeFiles: 9, flags: 0 }, PASSES, 'the disk is full'],
  ['a disk without room for files', { free: 9, freeFiles: 0, flags: 0 }, PASSES, 'the disk is full'],
  [
    'a file system that is read-only',
    { free: 9, freeFiles: 9, flags: 1 },
    REFUSED,
    'the file system of /in is read-only',
  ],
  ['another reason', { free: 9, freeFiles: 9, flags: 0 }, PASSES, 'status 4: failure, without a reason'],
] as const)('a failure without a reason is explained by statvfs: %s', async (_, fileSystem, kind, words) => {
  const extensions = { [POSIX_RENAME]: '1', [STATVFS]: '2' };
  const { login } = await start({ extensions, fileSystem, answers: { WRITE: () => 4 } });
  const delivery = deliver(await connect(login), 'text');
  await expect(delivery).rejects.toMatchObject(kind);
  await expect(delivery).rejects.toThrow(words);
});

test.each([
  ['OPEN', 3, REFUSED, 'status 3: permission denied'],
  ['OPEN', 2, REFUSED, 'no folder /in'],
  ['OPEN', 12, REFUSED, 'status 12: the file system is read-only'],
  ['WRITE', 14, PASSES, 'the disk is full'],
  ['CLOSE', 15, PASSES, "the account's quota is exceeded"],
  ['OPENDIR', 2, REFUSED, 'delivery.directory'],
  ['OPENDIR', 7, PASSES, 'status 7'],
  ['STAT', 2, PASSES, 'disappeared from the server'],
  ['OPEN', 99, PASSES, 'status 99'],
])('%s answered with %d is reported with its meaning', async (request, code, kind, words) => {
  const { login, files } = await start({ answers: { [request]: () => code } });
  const delivery = deliver(await connect(login), 'text');
  await expect(delivery).rejects.toMatchObject(kind);
  await expect(delivery).rejects.toThrow(words);
  await expect(delivery).rejects.not.toThrow(/qz7/);
  expect(files.has(IN_PLACE)).toBe(false);
});

test.each(['Two-factor authentication', 'Permission denied', 'no such file', 'timed out'])(
  'a list named "%s" does not change the meaning of a temporary error',
  async (name) => {
    const answers = { WRITE: () => 4 as const, 'posix-rename': () => 4 as const };
    const { login } = await start({ answers });
    const delivery = deliver(await connect(login), 'text', { fileName: `${name}.csv`, directory: '/in' });
    await expect(delivery).rejects.toMatchObject(PASSES);
    await expect(delivery).rejects.toThrow('status 4');
  },
);

test('a list that does not end is given up with the setting to use; one without an end marker has ended', async () => {
  const endless = Array.from({ length: 100 }, (_, i) => `${i}`.padEnd(2_000, 'x'));
  const { login } = await start({ endless });
  const delivery = deliver(await connect(login), 'text');
  await expect(delivery).rejects.toMatchObject(REFUSED);
  await expect(delivery).rejects.toThrow('delivery.listing: false');
  const wordless = await start({ endless: [] });
  await deliver(await connect(wordless.login), 'text');
  expect(wordless.texts()).toEqual({ [IN_PLACE]: 'text' });
});

test('a folder whose list fails is closed, and the failure is that of the list', async () => {
  const { login, requests } = await start({ answers: { READDIR: () => 7 } });
  const delivery = deliver(await connect(login), 'text');
  await expect(delivery).rejects.toMatchObject(PASSES);
  await expect(delivery).rejects.toThrow('status 7');
  const count = (wanted: string) => requests.filter((request) => request === wanted).length;
  expect(count('OPENDIR /in')).toBeGreaterThan(0);
  expect(count('CLOSE /in')).toBe(count('OPENDIR /in'));
});

test.each(['OPENDIR', 'OPEN', 'WRITE', 'CLOSE', 'STAT', 'posix-rename', 'REMOVE'])(
  'a server that never answers %s, while SSH answers, is given up',
  async (request) => {
    const { login, files } = await start({ answers: { [request]: () => 'silence' } });
    files.set(`/in/.${FILE}.4-1.part`, Buffer.from('older'));
    const server = await connect({ ...login, timeout: 300 });
    const delivery = deliver(server, 'text');
    await expect(delivery).rejects.toMatchObject(PASSES);
    await expect(delivery).rejects.toThrow(
      /made no progress for 0.3 s; the connection was closed.*delivery.timeout/,
    );
  },
);

test('a server that is slow but makes progress is waited for, however long it takes', async () => {
  const { login, texts } = await start();
  const server = await connect({ ...login, timeout: 300 });
  async function* slowly() {
    for (const text of ['one', 'two', 'three']) {
      yield Buffer.from(text);
      await new Promise((resolve) => setTimeout(resolve, 400)); // the script has control: no time counts
    }
  }
  await deliver(server, '', { content: slowly() });
  expect(texts()).toEqual({ [IN_PLACE]: 'onetwothree' });
});
