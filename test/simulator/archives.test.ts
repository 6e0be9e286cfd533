import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { strToU8, Zip, ZipDeflate, zipSync, ZipPassThrough } from 'fflate';
import { beforeEach, describe, expect, test } from 'vitest';
import {
  type Call,
  connect,
  dataFile,
  ended,
  EXECUTIONS,
  people,
  resultFile,
  simulatorForTests,
  someText,
  triggerOf,
  upload,
} from './support.ts';

const LIMIT = 200_000;
const simulator = simulatorForTests({ maxImportBytes: LIMIT, importsPerTablePerDay: 1_000_000 });
const COLUMNS = ['emailAddress', 'firstName'];
const HEADER = 'emailAddress;firstName\n';
const ANNA = `${HEADER}a1@shop.be;Anna\n`;
const GZIP = { fileType: 'application/gzip', fileName: 'data.csv.gz' };
const ZIP = { fileType: 'application/zip', fileName: 'data.zip' };

/** Both ways to send a file. */
const WAYS = [
  [
    'one shot',
    (call: Call, content: Uint8Array, file: object) =>
      call('POST', EXECUTIONS, upload(COLUMNS, content, file)),
  ],
  [
    'an ETL',
    (call: Call, content: Uint8Array, file: object) => call('POST', triggerOf('12'), dataFile(content, file)),
  ],
] as const;

/** A ZIP that was written as a stream: the sizes come after each entry. */
function streamedZip(entries: Record<string, string>, Entry: typeof ZipDeflate | typeof ZipPassThrough) {
  const chunks: Uint8Array[] = [];
  const zip = new Zip((error, chunk) => {
    if (error) throw error;
    chunks.push(chunk);
  });
  for (const [name, content] of Object.entries(entries)) {
    const entry = new Entry(name);
    zip.add(entry);
    entry.push(strToU8(content), true);
  }
  zip.end();
  return Buffer.concat(chunks);
}

const zip = (entries: Record<string, string>) =>
  zipSync(Object.fromEntries(Object.entries(entries).map(([name, content]) => [name, strToU8(content)])));

/** Flips a bit of one byte. */
function damaged(content: Uint8Array, at: number): Uint8Array {
  const copy = Uint8Array.from(content);
  copy[at]! ^= 1;
  return copy;
}

/** A ZIP of one file with a wrong 32-bit number in its directory, at this offset in the entry of the file. */
function misdirected(at: number, value: number): Uint8Array {
  const content = Buffer.from(zip({ 'data.csv': ANNA }));
  content.writeUInt32LE(value, content.indexOf('PK\x01\x02') + at);
  return content;
}

const firstNames = () => [...simulator().contacts()].map(({ firstName }) => firstName);

describe.each(WAYS)('sent by %s', (_, send) => {
  let call: Call;
  beforeEach(async () => {
    await simulator().seedContacts(people(3));
    const columns = { emailAddress: 'emailAddress', firstName: 'firstName' };
    simulator().createEtl({ id: '12', key: 'emailAddress', columns });
    call = await connect(simulator());
  });

  test.each([
    ['a GZIP file', gzipSync(ANNA), GZIP, 'gzip'],
    [
      'a GZIP file of several members',
      Buffer.concat([gzipSync(HEADER), gzipSync('a1@shop.be;Anna\n')]),
      GZIP,
      'gzip',
    ],
    ['a GZIP file without a type', gzipSync(ANNA), { fileType: 'application/octet-stream' }, 'gzip'],
    ['a ZIP', zip({ 'data.csv': ANNA }), ZIP, 'zip'],
    ['a ZIP with a folder', zip({ 'folder/': '', 'folder/DATA.CSV': ANNA }), ZIP, 'zip'],
    ['a ZIP written as a stream', streamedZip({ 'data.csv': ANNA }, ZipDeflate), ZIP, 'zip'],
    ['a ZIP that packs nothing', streamedZip({ 'data.csv': ANNA }, ZipPassThrough), ZIP, 'zip'],
    ['a ZIP without a type', zip({ 'data.csv': ANNA }), { fileType: 'application/octet-stream' }, 'zip'],
    ['plain CSV without a type', Buffer.from(ANNA), { fileType: 'application/octet-stream' }, 'none'],
  ])('%s is imported', async (_, content, file, packing) => {
    const { json } = await send(call, content, file);
    expect(await ended(call, json.id)).toMatchObject({ status: 'SUCCESS', rows: { read: 1, updated: 1 } });
    expect(firstNames()).toEqual(['Anna', null, null]);
    expect(simulator().imports()).toMatchObject([{ packing }]);
  });

  test('the files of a ZIP are imported in their order, each with its own lines', async () => {
    const content = zip({
      'b.csv': `${HEADER}a1@shop.be;Bea\na2@shop.be;Bea\n`,
      'a.csv': `${ANNA}x@shop.be;X\n`,
    });
    const { json } = await send(call, content, ZIP);
    const state = await ended(call, json.id);
    expect(state).toMatchObject({ status: 'WITH_ERROR', rows: { read: 4, updated: 3, inError: 1 } });
    expect(firstNames()).toEqual(['Anna', 'Bea', null]);
    expect(await resultFile(simulator(), json.id)).toContain('\n3;x@shop.be;PROFILE_NOT_FOUND;');
  });

  test.each([
    ['a GZIP file that breaks off', gzipSync(ANNA).subarray(0, -5), GZIP],
    ['a GZIP file with a wrong checksum', damaged(gzipSync(ANNA), gzipSync(ANNA).length - 8), GZIP],
    ['an invalid GZIP file', Buffer.from(ANNA), GZIP],
    ['a GZIP file sent as CSV', gzipSync(ANNA), {}],
    ['a GZIP file with the name of a ZIP', gzipSync(ANNA), { ...GZIP, fileName: 'data.zip' }],
    ['plain CSV with the name of a GZIP file', Buffer.from(ANNA), { fileName: 'data.csv.gz' }],
    ['a GZIP file with a byte-order mark', gzipSync(`\uFEFF${ANNA}`), GZIP],
    ['a ZIP that breaks off', zip({ 'data.csv': ANNA }).subarray(0, -30), ZIP],
    ['a ZIP without its directory', streamedZip({ 'data.csv': ANNA }, ZipDeflate).subarray(0, 60), ZIP],
    ['a ZIP with a wrong size', misdirected(24, ANNA.length + 1), ZIP],
    ['a ZIP with a wrong packed size', misdirected(20, 0xffffffff), ZIP],
    ['a ZIP that is encrypted', misdirected(8, 0x00080001), ZIP],
    ['a ZIP with an unusual compression', misdirected(8, 0x000c0000), ZIP],
    ['an invalid ZIP', Buffer.from(ANNA), ZIP],
    ['a ZIP without files', zip({}), ZIP],
    ['a ZIP with a file other than CSV', zip({ 'data.csv': ANNA, 'readme.txt': 'x' }), ZIP],
    [
      'a ZIP with a file in another encoding',
      zipSync({ 'data.csv': Buffer.from(`${HEADER}a;Zo\xEB`, 'latin1') }),
      ZIP,
    ],
  ])('%s is rejected with a message, and nothing is imported', async (_, content, file) => {
    expect(await send(call, content, file)).toMatchObject({ status: 400, json: { message: someText } });
    expect(simulator().imports()).toEqual([]);
  });

  test('the unpacked content may be as large as the limit, all files of a ZIP together', async () => {
    const filled = (bytes: number) => HEADER.padEnd(bytes, 'x');
    const half = filled(LIMIT / 2);
    const status = async (content: Uint8Array, file: object) => (await send(call, content, file)).status;
    expect(await status(gzipSync(filled(LIMIT)), GZIP)).toBe(201);
    expect(await status(gzipSync(filled(LIMIT + 1)), GZIP)).toBe(400);
    expect(await status(zip({ 'a.csv': half, 'b.csv': half }), ZIP)).toBe(201);
    expect(await status(zip({ 'a.csv': half, 'b.csv': `${half}x` }), ZIP)).toBe(400);
    expect(await status(gzipSync(filled(500 * LIMIT)), GZIP)).toBe(400);
  });

  test('the received content may be as large as the limit', async () => {
    const stored = streamedZip({ 'a.csv': HEADER.padEnd(LIMIT, 'x') }, ZipPassThrough);
    expect(stored.length).toBeGreaterThan(LIMIT);
    expect((await send(call, stored, ZIP)).status).toBe(400);
  });

  test('an archive with any damaged byte is rejected, fails, or is imported correctly', async () => {
    const archives = [
      [gzipSync(ANNA), GZIP],
      [zip({ 'data.csv': ANNA }), ZIP],
    ] as const;
    const kind = fc.constantFrom(...archives);
    await fc.assert(
      fc.asyncProperty(kind, fc.nat(), fc.nat(255), async ([whole, file], at, value) => {
        const content = Uint8Array.from(whole);
        content[at % content.length] = value;
        const reply = await send(call, content, file);
        expect([201, 400]).toContain(reply.status);
        if (reply.status === 201) {
          expect(['SUCCESS', 'WITH_ERROR', 'FAILED']).toContain((await ended(call, reply.json.id)).status);
        }
        expect(simulator().contactCount()).toBe(3);
      }),
      { numRuns: 100 },
    );
  });
});

test('a one-shot ZIP is rejected if the header of any of its files differs from the definition', async () => {
  const call = await connect(simulator());
  const content = zip({ 'a.csv': ANNA, 'b.csv': 'firstName;emailAddress\n' });
  expect((await call('POST', EXECUTIONS, upload(COLUMNS, content, ZIP))).status).toBe(400);
});
