import { parse } from 'csv-parse/sync';
import { beforeEach, expect, test } from 'vitest';
import type { Explanation } from '../../../cli/commands/explanation.ts';
import type { UnmatchedCause, UnmatchedMember } from '../../../state/report/unmatched.ts';
import { pastForTests, row, seedPeople, shown, statusOf } from './support.ts';

const past = pastForTests();

/** Eve waits for a profile, and Twin's key belongs to two profiles. */
beforeEach(async () => {
  const { stand } = past;
  await seedPeople(stand);
  await stand.actito.seedContacts([{ emailAddress: 'twin@shop.be' }]);
  await stand.warehouse.query(`insert into people (email, first_name) values ('twin@shop.be', 'Twin')`);
  await stand.writeDestination({
    profiles: {
      export: {
        directory: '/exports',
        file: 'daily_*.csv',
        full: 'full_*.csv',
        columns: { profileId: 'profileId', emailAddress: 'emailAddress' },
      },
    },
  });
  await stand.writeActivation({ list: { identifier: 'profileId' } });
  const columns = { profileId: 'profileId', emailAddress: 'emailAddress' };
  stand.actito.createExport({ name: 'full', kind: 'full', fileName: 'full_$HH$mm$ss.csv', columns });
  await stand.actito.exportNow('full');
});

/** Twin's key gets a second profile. Actito forbids that for a unique attribute, so only the directory says so. */
async function secondTwin(): Promise<void> {
  const { rows } = await past.stand.state.raw<{ rows: { id: string }[] }>('select id from directories');
  await past.stand.state.raw(
    `insert into profiles_${rows[0]!.id} (profile_id, key) values ('9999', 'twin@shop.be');
     update directories set logged_after = load`,
  );
}

interface Unmatched {
  total: number;
  causes: Record<UnmatchedCause, number>;
  unmatched: UnmatchedMember[];
}

async function afterTwoRuns() {
  await past.hosted.run();
  await secondTwin();
  await past.stand.state.raw('update activations set directory = null');
  return past.hosted.run();
}

test('rejects shows who waits for a profile, why, and since which run, beside those that an import did not match', async () => {
  await afterTwoRuns();
  await past.stand.state.raw(
    `update members_vip set outcome = 'unmatched', retry_at = now() where key = 'bob@shop.be'`,
  );
  const { runs } = await past.json<{ runs: { run: string }[] }>(['history', 'vip']);
  const [second, first] = runs.map(({ run }) => run);
  const asked = ['rejects', 'vip', '--reason', 'Unmatched'];
  const found = await past.json<Unmatched>(asked);
  expect(found).toMatchObject({
    total: 3,
    causes: { notMatched: 1, noProfile: 1, severalProfiles: 1 },
    unmatched: [
      { key: 'bob@shop.be', cause: 'notMatched', since: first },
      { key: 'eve@shop.be', cause: 'noProfile', since: first, lastTried: null, dueAgain: null },
      { key: 'twin@shop.be', cause: 'severalProfiles', since: second, lastTried: null, dueAgain: null },
    ],
  });
  const { out } = await past.ask(asked);
  expect(row(out, 'eve@shop.be')).toEqual([
    'eve@shop.be',
    first,
    'no profile',
    '–',
    'when an export has the profile',
  ]);
  expect(row(out, 'twin@shop.be')?.slice(1, 3)).toEqual([second, 'several profiles']);
  expect(row(out, 'bob@shop.be')?.slice(1, 3)).toEqual([first, 'not matched']);
  expect(out).toMatch(/^ {2}1 {7}waiting: no profile in the profile directory has the key/m);
  const lines = parse<Record<string, string>>((await past.ask([...asked, '--csv'])).out, { columns: true });
  expect(lines.map(({ key, cause, last_tried: tried }) => [key, cause, tried === ''])).toEqual([
    ['bob@shop.be', 'notMatched', false],
    ['eve@shop.be', 'noProfile', true],
    ['twin@shop.be', 'severalProfiles', true],
  ]);
  expect((await past.json<Unmatched>([...asked, '--key', 'EVE@shop.be'])).unmatched).toHaveLength(1);
  expect((await past.ask(['rejects', 'vip'])).out).toContain(
    'Unmatched: 3 members without exactly one profile',
  );
});

test('explain says that a member waits for a profile, how old the directory is, and what to do', async () => {
  await afterTwoRuns();
  await past.stand.state.raw(`update directories set written_at = now() - interval '5 hours 1 minute'`);
  const eve = await past.json<Explanation>(['explain', 'vip', 'eve@shop.be']);
  expect(eve).toMatchObject({
    onList: false,
    since: null,
    actito: null,
    waiting: { cause: 'noProfile', directoryWrittenAt: expect.any(String) },
  });
  const said = async (key: string) => (await past.ask(['explain', 'vip', key])).out;
  expect(await said('eve@shop.be')).toMatch(
    /In the segment, but not on the list: it waits for a profile since run \d+ \(20\S+\)\. No profile in the profile directory has this emailAddress \(its newest export is 5 hours old\)\..*actito-sync directory refresh actito/,
  );
  expect(await said('eve@shop.be')).not.toContain('Actito has not confirmed');
  expect(await said('twin@shop.be')).toMatch(
    /because several profiles in the profile directory have this emailAddress .*Merge these profiles in Actito/,
  );
  expect(await past.json<Explanation>(['explain', 'vip', 'anna@shop.be'])).toMatchObject({
    onList: true,
    waiting: null,
  });
});

test('a plan predicts how many members have a profile before anything is sent, with samples of those who wait', async () => {
  const args = ['plan', 'vip', '--show-personal-data'];
  const { plan } = await past.json<{ plan: { forecast: object; samples: object[] } }>(args);
  expect(plan.forecast).toEqual({ matched: 3, waiting: 1, rate: 0.75 });
  expect(plan.samples).toContainEqual(
    expect.objectContaining({ class: 'waiting', key: 'eve@shop.be', attributes: [] }),
  );
  const { out } = await past.ask(args);
  expect(shown(out, 'match')).toEqual(['75 % of the segment: 3 members with a profile; 1 waits for one']);
  expect(past.stand.actito.imports()).toHaveLength(0);
});

test('a plan of a list without the directory predicts no matches', async () => {
  await past.stand.writeActivation();
  const { plan } = await past.json<{ plan: object }>(['plan', 'vip']);
  expect(plan).not.toHaveProperty('forecast');
});

test('the result, status and history of a run count the members who wait', async () => {
  const result = await afterTwoRuns();
  expect(result.counts).toMatchObject({ members: 2, waiting: 2 });
  expect(result.summary).toContain('2 waiting for a profile');
  expect(await statusOf(past, 'vip')).toMatchObject({ waiting: 2 });
  expect((await past.ask(['status'])).out).toContain('2 (+ 2 waiting)');
  const { out } = await past.ask(['history', 'vip']);
  expect(out).toMatch(/REJECTED +WAITING +LIST/);
});
