import { zipSync } from 'fflate';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { BELIEVED } from '../../activities/import/collect.ts';
import { startOddActito, type Reply } from '../end-to-end/leaks/odd-actito.ts';
import { resetStand } from '../support/stand.ts';
import { standWithWorker } from '../support/temporal-run.ts';

/*
 * Actito applies anna's row and does not know nobody@shop.be. A gateway answers the requests for rows in
 * error instead of Actito: once, or each time.
 */

const { stand, hosted } = await standWithWorker();
const usual = { ...BELIEVED };
let gateway: Awaited<ReturnType<typeof startOddActito>>;
beforeAll(async () => {
  gateway = await startOddActito(stand.actito.apiUrl);
  Object.assign(BELIEVED, { after: 300 });
});
afterAll(() => {
  Object.assign(BELIEVED, usual);
  return gateway?.stop();
});
beforeEach(async () => {
  await resetStand(stand);
  await stand.actito.seedContacts([{ emailAddress: 'anna@shop.be' }]);
  await stand.warehouse.query(
    `insert into people (email, first_name) values ('anna@shop.be', 'Anna'), ('nobody@shop.be', 'Bob')`,
  );
});

let kinds = 0;
/** The answers to the next requests for rows in error; undefined: Actito answers. */
async function answering(answer: (time: number) => Reply | undefined) {
  const kind = `rows-${++kinds}`;
  let asked = 0;
  gateway.script(kind, ({ path }) => (path.endsWith('/result-file') ? answer(++asked) : undefined));
  await stand.writeDestination({ baseUrl: gateway.url(kind) });
  return { asked: () => asked };
}
const zip = (csv: string): Reply => ({
  status: 200,
  body: zipSync({ 'errors.csv': Buffer.from(csv) }),
  headers: { 'Content-Type': 'application/zip' },
});
const cut = (): Reply => ({
  ...zip(''),
  body: (zip('emailAddress;code\nx;Y\n'.repeat(99)).body as Buffer).subarray(0, 80),
});
const PAGE: Reply = {
  status: 200,
  body: '<html>anna@shop.be</html>',
  headers: { 'Content-Type': 'text/html' },
};
const count = async (sql: string) =>
  Number((await stand.state.raw<{ rows: { n: string }[] }>(`select count(*) as n from ${sql}`)).rows[0]!.n);

test.each<[string, Reply]>([
  ['a 404', { status: 404, body: '{}' }],
  ['a 403', { status: 403, body: '{}' }],
  ['a page of HTML', PAGE],
  ['a page of HTML with 404', { ...PAGE, status: 404 }],
  ['JSON', { status: 200, body: '[]' }],
  ['a ZIP that breaks off', cut()],
  ['the file of another import', zip('emailAddress;code\neve@shop.be;PROFILE_NOT_FOUND\n')],
])('%s about rows in error is requested again before the run believes it', async (_, reply) => {
  const { asked } = await answering((time) => (time === 1 ? reply : undefined));
  const { counts, notes } = await hosted.run();
  expect(counts).toMatchObject({ updated: 1, unmatched: 1, unsent: 0 });
  expect(asked()).toBe(2);
  expect(notes.map(({ reason }) => reason)).not.toContain('rowsInErrorUnknown');
});

/** One row is in error; this file has two. */
const both = zip(
  'emailAddress;code;message\nnobody@shop.be;PROFILE_NOT_FOUND;\nanna@shop.be;NOT_UNIQUE;firstName\n',
);

test('an answer that the run does not believe has no effect: no member is sent again or withheld because of it', async () => {
  const { asked } = await answering((time) => (time === 1 ? both : undefined));
  const { counts, rejects } = await hosted.run();
  expect(asked()).toBe(2);
  expect(counts).toMatchObject({ updated: 1, unmatched: 1, refused: 0, badValues: 0 });
  expect(rejects).toEqual([]);
  expect(stand.actito.imports()).toHaveLength(1);
});

/** The row of nobody@shop.be, once for each of three attributes. */
const thrice = zip(`emailAddress;code;message\n${'nobody@shop.be;PROFILE_NOT_FOUND;\n'.repeat(3)}`);

test.each([
  [
    'in a file of whole rows',
    { contract: { etlColumns: 'all', emptyValue: 'ignored' } },
    { importMode: { etl: '12' } },
    'keep',
  ],
  ['in a shared file', { imports: { shareWithin: '1s' } }, {}, 'clear'],
])(
  'a row that is reported once for each of its attributes counts once %s',
  async (_, destination, activation, nulls) => {
    const columns = ['emailAddress', 'firstName', 'city'];
    stand.actito.createEtl({
      id: '12',
      key: 'emailAddress',
      columns: Object.fromEntries(columns.map((name) => [name, name])),
    });
    const attributes = [
      { column: 'first_name', attribute: 'firstName', nulls },
      { column: 'city', attribute: 'city', nulls },
    ];
    await stand.writeActivation({ attributes, ...activation });
    const { asked } = await answering(() => thrice);
    await stand.writeDestination({ baseUrl: gateway.url(`rows-${kinds}`), ...destination });
    expect(await hosted.run()).toMatchObject({ counts: { updated: 1, unmatched: 1, unsent: 0 } });
    expect(asked()).toBe(1);
    await stand.writeActivation();
  },
);

test('the run believes an answer that stays the same: it counts and reports the withheld members', async () => {
  const { asked } = await answering(() => ({ status: 404, body: '{}' }));
  const { counts, notes } = await hosted.run();
  expect(counts).toMatchObject({ updated: 0, unsent: 2 });
  expect(asked()).toBeGreaterThanOrEqual(BELIEVED.times);
  const facts = { imports: 1, members: 2 };
  expect(notes).toContainEqual(expect.objectContaining({ reason: 'rowsInErrorUnknown', facts }));
});

test('an answer that the run never believes causes no second import, no rejects and no withheld values', async () => {
  const { asked } = await answering(() => both);
  const { counts, rejects } = await hosted.run();
  expect(asked()).toBeGreaterThanOrEqual(BELIEVED.times);
  expect(counts).toMatchObject({ updated: 0, unsent: 2, refused: 0, badValues: 0 });
  expect(rejects).toEqual([]);
  expect(stand.actito.imports()).toHaveLength(1);
  expect(await count('members_vip where withheld is not null')).toBe(0);
});

test('results for rows that were not sent are not stored, and confirm nothing', async () => {
  const foreign = Array.from({ length: 8 }, (_, no) => `eve${no}@shop.be;ODD_CODE`).join('\n');
  await answering(() => zip(`emailAddress;code\n${foreign}\n`));
  const { counts } = await hosted.run();
  expect(counts).toMatchObject({ updated: 0, unsent: 2 });
  expect(await count(`rejects where key like 'eve%'`)).toBe(0);
});

test('a license without rows in error is not asked for them', async () => {
  const { asked } = await answering(() => PAGE);
  const { baseUrl } = { baseUrl: gateway.url(`rows-${kinds}`) };
  await stand.writeDestination({ baseUrl, contract: { rowResults: 'none' } });
  expect(await hosted.run()).toMatchObject({ counts: { updated: 0, unsent: 2 } });
  expect(asked()).toBe(0);
});
