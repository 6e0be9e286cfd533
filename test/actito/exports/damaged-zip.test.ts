import fc from 'fast-check';
import { ZipDeflate, ZipPassThrough } from 'fflate';
import { describe, expect, it } from 'vitest';
import { isFailure } from '../../../contract/failure.ts';
import { read } from './reading.ts';
import { asZip64, commented, deflatedZip, flipped, storedZip, streamedZip } from './zips.ts';

const CSV = 'id;email\n7;anna@shop.be\n';
const LINES = '7\tanna@shop.be\n';
const ONE = { 'x.csv': CSV };
/** What macOS adds comes first, so that the file is not the first one of the directory. */
const LISTED = { 'd/': '', '__MACOSX/x': 'no', 'd/x.csv': CSV };
const MANY = Object.fromEntries(Array.from({ length: 1000 }, (_, no) => [`folder-${no}/`, '']));

const ZIPS: [what: string, zip: Buffer][] = [
  ['stored', storedZip(ONE)],
  ['compressed', deflatedZip(ONE)],
  ['stored as a stream', streamedZip(ONE, ZipPassThrough)],
  ['compressed as a stream', streamedZip(ONE, ZipDeflate)],
  ['with other entries', storedZip(LISTED)],
  ['as a stream with other entries', streamedZip(LISTED, ZipDeflate)],
  ['as ZIP64', asZip64(storedZip(ONE))],
  ['as a stream and ZIP64', asZip64(streamedZip(ONE, ZipDeflate))],
  ['with a comment', commented(storedZip(ONE), 'export')],
  ['with the longest comment', commented(asZip64(storedZip(ONE)), 'x'.repeat(65_535))],
  ['with a comment like the end of a ZIP', commented(storedZip(ONE), `PK\x05\x06${'x'.repeat(30)}`)],
  ['with a large directory', storedZip({ ...ONE, ...MANY })],
  [
    'with a large directory and the longest comment',
    commented(storedZip({ ...ONE, ...MANY }), 'x'.repeat(65_535)),
  ],
];

const failureIn = (zip: Buffer, sizes?: number[]) =>
  read(zip, { sizes }).then(
    () => undefined,
    (error: unknown) => (isFailure(error) ? error.told : error),
  );

describe.each(ZIPS)('a ZIP %s', (_, zip) => {
  it('is read', async () => {
    for (const sizes of [undefined, [1000], [70, 1]]) expect(await read(zip, { sizes })).toBe(LINES);
  });

  it('is refused if its directory has another checksum', async () => {
    const entry = zip.indexOf('PK\x01\x02', zip.lastIndexOf('x.csv') - 48);
    for (const sizes of [undefined, [1000]]) {
      expect(await failureIn(flipped(zip, entry + 16), sizes)).toMatchObject({
        reason: 'exportPacking',
        facts: { file: 'p.csv', code: 'ZIP_CRC' },
      });
    }
  });
});

it.each(ZIPS.filter(([, zip]) => zip.includes(CSV)))(
  'a letter of an address that changed in a ZIP %s is noticed',
  async (_, zip) => {
    const at = zip.indexOf('anna');
    expect(await failureIn(flipped(zip, at))).toMatchObject({ facts: { code: 'ZIP_CRC' } });
    expect(await failureIn(flipped(zip, at), [64])).toMatchObject({ facts: { code: 'ZIP_CRC' } });
  },
);

it('a ZIP that seems to end at a signature in the middle of its file is refused', async () => {
  const zip = streamedZip({ 'x.csv': `${CSV}PK\x07\x08;bob@shop.be\n${CSV.repeat(2)}` }, ZipPassThrough);
  expect(await failureIn(zip)).toMatchObject({ facts: { code: 'ZIP_CRC' } });
});

it.each<[what: string, damage: (zip: Buffer, entry: number, end: number) => void]>([
  ['does not contain the file', (zip, entry) => zip.write('/', entry + 46 + 4)],
  ['has another signature', (zip, entry) => zip.write('X', entry)],
  ['has a name that is too long', (zip, entry) => zip.writeUInt16LE(60_000, entry + 28)],
  ['is larger than the ZIP', (zip, _, end) => zip.writeUInt32LE(5000, end + 12)],
  ['is only a part of an entry', (zip, _, end) => zip.writeUInt32LE(20, end + 12)],
  ['is empty', (zip, _, end) => zip.writeUInt32LE(0, end + 12)],
])('a ZIP whose directory %s is refused', async (_, damage) => {
  const zip = storedZip(ONE);
  damage(zip, zip.indexOf('PK\x01\x02'), zip.lastIndexOf('PK\x05\x06'));
  expect(await failureIn(zip)).toMatchObject({ facts: { code: 'ZIP_DIRECTORY' } });
});

it('a ZIP with any damaged bit is refused, or read as if it were whole', async () => {
  const small = ZIPS.map(([, zip]) => zip).filter(({ length }) => length < 1000);
  const sizes = fc.constantFrom<(number[] | undefined)[]>(undefined, [1], [50, 3]);
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...small), fc.nat(), fc.nat(7), sizes, async (zip, at, bit, sizes) => {
      const damaged = flipped(zip, at % zip.length, bit);
      const found = await read(damaged, { sizes }).catch((error: unknown) => {
        if (isFailure(error) && error.type === 'ExportInvalid') return 'refused';
        throw error;
      });
      expect(['refused', LINES]).toContain(found);
    }),
    { numRuns: 1000 },
  );
});
