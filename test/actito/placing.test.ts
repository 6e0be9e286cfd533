import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isOlderUpload, temporaryName } from '../../actito/delivery/temporary-names.ts';
import { until } from '../setup/until.ts';
import { FILE, uploadOf } from './delivery-stand.ts';
import { deliver, scriptedSftp } from './sftp-support.ts';

const { start, connect } = scriptedSftp();

const IN_PLACE = `/in/${FILE}`;
const REFUSED = { name: 'DeliveryRefused', retryable: false };
const PASSES = { name: 'DeliveryUnavailable', retryable: true };
const TMP = { temporaryName: '{file}.tmp' };
const DIRECT = { write: 'direct' as const };

test('{file}.tmp is delivered to a server that rejects names with a leading dot', async () => {
  const { login, texts, requests } = await start({
    answers: { OPEN: (path) => (path.startsWith('/in/.') ? 3 : undefined) },
  });
  const usual = deliver(await connect(login), 'text');
  await expect(usual).rejects.toMatchObject(REFUSED);
  await expect(usual).rejects.toThrow('delivery.temporaryName: "{file}.tmp"');
  await deliver(await connect(login), 'text', { placing: TMP });
  expect(texts()).toEqual({ [IN_PLACE]: 'text' });
  expect(requests).toContain(`posix-rename /in/${FILE}.5-1.tmp ${IN_PLACE}`);
});

test('older uploads are removed by the configured and the default name pattern, and no other file is', async () => {
  const { login, files, texts } = await start();
  const stay = [
    'VIP.csv.tmp',
    'VIP.csv.6-1.tmp',
    'Other.csv.1-1.tmp',
    'VIP.csv.1-1.tmp.csv',
    '.VIP.csv.5-2.part',
  ];
  const go = ['VIP.csv.4-9.tmp', 'VIP.csv.4-9.tmp.old', 'VIP.csv.5-0.tmp', '.VIP.csv.3-1.part'];
  for (const name of [...stay, ...go]) files.set(`/in/${name}`, Buffer.from(''));
  await deliver(await connect(login), '', { placing: TMP });
  expect(Object.keys(texts()).sort()).toEqual([IN_PLACE, ...stay.map((name) => `/in/${name}`)].sort());
});

test('an upload is older exactly if its run is, or its delivery in the same run, whatever the pattern', () => {
  const no = fc.integer({ min: 0, max: 99 });
  const part = fc.stringMatching(/^[a-z.+()[\]$^0-9-]{0,6}$/);
  const pattern = fc
    .tuple(part, part)
    .filter((parts) => parts.join('') !== '')
    .map(([a, b]) => `${a}{file}${b}`);
  fc.assert(
    fc.property(pattern, part, no, no, no, no, (each, name, fence, delivery, newFence, newDelivery) => {
      const upload = (run: number, number: number) => ({
        fileName: `${name}.csv`,
        fence: String(run),
        delivery: String(number),
      });
      const isOlder = fence < newFence || (fence === newFence && delivery < newDelivery);
      const found = temporaryName(upload(fence, delivery), each);
      expect(isOlderUpload(found, upload(newFence, newDelivery), each)).toBe(isOlder);
    }),
  );
});

test('with write: direct, the list is delivered to a server that cannot rename', async () => {
  const { login, texts, requests } = await start({ answers: { 'posix-rename': () => 8, RENAME: () => 8 } });
  const usual = deliver(await connect(login), 'text');
  await expect(usual).rejects.toMatchObject(REFUSED);
  await deliver(await connect(login), 'old', { placing: DIRECT });
  await deliver(await connect(login), 'new', { placing: DIRECT, delivery: '2' });
  expect(texts()[IN_PLACE]).toBe('new');
  expect(requests.filter((request) => /^OPEN \/in\/V/.test(request))).toEqual([
    `OPEN ${IN_PLACE}`,
    `OPEN ${IN_PLACE}`,
  ]);
});

test('with write: direct, an incomplete file is removed over another connection, unless a later delivery has begun', async () => {
  const { login, texts } = await start();
  const lose = async (check: () => Promise<void>) => {
    const server = await connect(login);
    async function* content() {
      yield Buffer.alloc(200_000, 'half');
      await until('a part has arrived', async () => (texts()[IN_PLACE] ?? '') !== '');
      await server.close();
      yield Buffer.from('rest');
    }
    const withdrawal = { check, connect: () => connect(login) };
    const delivery = deliver(server, '', { placing: DIRECT, content: content(), withdrawal });
    await expect(delivery).rejects.toThrow();
  };
  await lose(async () => undefined);
  expect(texts()).toEqual({});
  await lose(() => Promise.reject(new Error('a later one')));
  expect(Object.keys(texts())).toEqual([IN_PLACE]);
});

test('with write: direct, a run begins nothing that another run must write', async () => {
  const { login, files, texts } = await start();
  files.set(IN_PLACE, Buffer.from('old'));
  const server = await connect(login);
  const checkFence = () => Promise.reject(new Error('superseded'));
  await expect(deliver(server, 'new', { placing: DIRECT, checkFence })).rejects.toThrow('superseded');
  expect(texts()).toEqual({ [IN_PLACE]: 'old' });
});

test('with write: direct, a truncated file is removed, since Actito would read it as the whole list', async () => {
  const { login, texts } = await start({ keeps: 3 });
  const delivery = deliver(await connect(login), 'text', { placing: DIRECT });
  await expect(delivery).rejects.toMatchObject(PASSES);
  expect(texts()).toEqual({});
});

test('with write: direct, a file that a newer run has written in the meantime stays', async () => {
  const { login, texts } = await start({ keeps: 3 });
  let asked = 0;
  const checkFence = async () => {
    if (++asked > 1) throw new Error('superseded');
  };
  await expect(deliver(await connect(login), 'text', { placing: DIRECT, checkFence })).rejects.toMatchObject(
    PASSES,
  );
  expect(texts()).toEqual({ [IN_PLACE]: 'tex' });
});

test('with checkSize: false, no size is requested', async () => {
  const { login, requests } = await start();
  await deliver(await connect(login), 'text', { placing: { checkSize: false } });
  expect(requests.filter((request) => request.startsWith('STAT'))).toEqual([]);
  expect(requests).toContain(`OPEN /in/${uploadOf(FILE, '5', '1')}`);
});
