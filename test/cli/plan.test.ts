import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import type { RunResult } from '../../contract/result.ts';
import { LIST } from '../support/stand.ts';
import { pastForTests, row, seedPeople, shown } from './past/support.ts';
import { change } from './planned-change.ts';

const past = pastForTests();

/** All acknowledged values and all that were ever sent, as text. */
async function dump(): Promise<string[]> {
  const all: string[] = [];
  for (const table of [
    'activations',
    'members_vip',
    'deliveries',
    'imports',
    'decisions',
    'reject_history',
  ]) {
    const { rows } = await past.stand.state.raw<{ rows: { line: string }[] }>(
      `select cast(t as text) as line from ${table} t order by line`,
    );
    all.push(table, ...rows.map(({ line }) => line));
  }
  return all;
}

test('before the first run, a plan shows what would be created, sent and used', async () => {
  await seedPeople(past.stand);
  const { code, out, err } = await past.ask(['plan', 'vip']);

  expect({ code, err }).toEqual({ code: 0, err: '' });
  expect(out).toMatch(/^plan\/vip started\n/);
  expect(out).toContain('\nvip: planned\n');
  const counts = ['read', 'added', 'removed', 'changed', 'unchanged', 'rejected'];
  expect(counts.map((name) => Number.parseInt(shown(out, name)[0]!))).toEqual([4, 3, 0, 0, 0, 1]);
  expect(shown(out, 'list')).toEqual([`"${LIST}" would be delivered (first delivery)`]);
  expect(shown(out, 'sends')).toEqual([
    'the list: 3 members, about 37 bytes',
    expect.stringMatching(/^attributes: 3 members in 1 import of at most \d+ bytes$/),
  ]);
  expect(shown(out, 'creates')).toEqual([
    'the attributes spent (NUMBER)',
    `the external target list "${LIST}"`,
  ]);
  expect(shown(out, 'quota')).toEqual(['1000 of 1000 imports left in the last 24 hours']);
  const [hash] = shown(out, 'plan');
  expect(out).toContain(`\nApply exactly this plan:  actito-sync run vip --plan ${hash}\n`);
});

test('a plan leaves Actito and everything acknowledged unchanged', async () => {
  await seedPeople(past.stand);
  await past.ask(['plan', 'vip']);
  expect([past.stand.actito.lists(), past.stand.actito.imports()]).toEqual([[], []]);
  expect((await past.ask(['attributes', 'actito'])).out).not.toContain('spent');

  await past.hosted.run();
  await change(past.stand);
  const before = await dump();
  const { out } = await past.ask(['plan', 'vip', '--show-personal-data']);
  expect(out).toContain('vip: planned');
  expect(await dump()).toEqual(before);
});

test('a plan that a guard would hold says so, and how to decide; it is not a failure', async () => {
  await past.stand.actito.seedContacts([{ emailAddress: 'c1@shop.be' }]);
  await past.stand.warehouse.query(
    `insert into people (email) select 'c' || i || '@shop.be' from generate_series(1, 120) i`,
  );
  await past.hosted.run();
  await past.stand.writeActivation({ guards: {} });
  await past.stand.warehouse.query(`delete from people where email > 'c5'`);
  const { code, out } = await past.ask(['plan', 'vip']);

  expect(code).toBe(0);
  expect(shown(out, 'guard')).toEqual([
    expect.stringMatching(/^maxRemovedRatio would hold the run: [\d.]+ % of the list would be removed/),
  ]);
  expect(shown(out, 'list')).toEqual([`"${LIST}" would be delivered (changed), after approval`]);
  const [hash] = shown(out, 'plan');
  expect(out).toContain(`actito-sync approve vip ${hash} --reason "…"`);
  expect(out).not.toContain('--plan');
});

test.each([
  {
    what: 'an attribute that is not created',
    before: () => past.stand.writeActivation({ attributes: [{ column: 'note', attribute: 'nowhere' }] }),
    says: /^A run would fail with MappingInvalid: Profile table \S+ has no attribute nowhere/,
  },
  {
    what: 'a foreign list',
    before: async () => {
      await past.hosted.run();
      await past.stand.writeActivation({ list: { name: LIST } }, 'other');
      await past.stand.state.raw('update activations set provisioned = null');
      await rm(join(past.stand.projectFolder, 'activations/vip.yaml'));
    },
    activation: 'other',
    says: /^A run would fail with ListConflict: The list "VIP" in Actito belongs to activation vip/,
  },
  {
    what: 'an Actito that is not responding',
    before: async () => past.stand.actito.setFault('serverError', { times: 1_000 }),
    says: /^The lookup in Actito failed with ActitoUnavailable: /,
  },
])(
  '$what is a problem of the plan, which is created all the same',
  async ({ before, says, activation = 'vip' }) => {
    await seedPeople(past.stand);
    await before();
    const { code, out } = await past.ask(['plan', activation]);
    await rm(join(past.stand.projectFolder, 'activations/other.yaml'), { force: true });

    expect(code).toBe(0);
    expect(shown(out, 'problem')).toEqual([expect.stringMatching(says)]);
    expect(shown(out, 'sends')[0]).toMatch(/^the list: 3 members/);
  },
);

test('a plan shows the remaining quota, and that attributes would have to wait', async () => {
  await seedPeople(past.stand);
  await past.stand.writeDestination({ limits: { importsPerTablePerDay: 1 } });
  await past.hosted.run();
  await change(past.stand);
  const { out } = await past.ask(['plan', 'vip']);
  await past.stand.writeDestination();
  expect(shown(out, 'quota')).toEqual([
    expect.stringMatching(
      /^0 of 1 import left in the last 24 hours, the next is available at \S+Z; a later run sends the rest$/,
    ),
  ]);
});

test('a list of this project that has another name in Actito would be renamed', async () => {
  await seedPeople(past.stand);
  await past.hosted.run();
  await past.stand.writeActivation({ list: { name: 'Best', fileName: 'VIP.csv' } });
  const { out } = await past.ask(['plan', 'vip']);
  expect(shown(out, 'renames')).toEqual([`the external target list "${LIST}" of this activation`]);
  expect(shown(out, 'creates')).toEqual([]);
});

test('a plan without changes says so', async () => {
  await seedPeople(past.stand);
  await past.hosted.run();
  const { out } = await past.ask(['plan', 'vip']);
  expect(shown(out, 'sends')).toEqual(['nothing']);
  expect(row(out, 'unchanged')).toEqual(['unchanged', '3', '–']);
});

test('run --plan applies exactly what was planned', async () => {
  await seedPeople(past.stand);
  const { planHash } = await past.json<RunResult>(['plan', 'vip']);
  const { code, out } = await past.ask(['run', 'vip', '--plan', planHash!]);
  expect(code).toBe(0);
  expect(out).toContain('\nvip: succeeded with rejects\n');
  expect(past.stand.actito.list(LIST)).toMatchObject({ name: LIST });
});

test('run --plan ends as PlanStale if anything has changed since, says what, and writes nothing', async () => {
  await seedPeople(past.stand);
  await past.hosted.run();
  await change(past.stand);
  const { planHash } = await past.json<RunResult>(['plan', 'vip']);
  await past.stand.warehouse.query(`delete from people where email like 'bob%'`);
  const before = past.stand.actito.calls();
  const { code, err } = await past.ask(['run', 'vip', '--plan', planHash!]);
  expect(code).toBe(1);
  expect(err).toMatch(new RegExp(`^PlanStale: Plan ${planHash} \\(made 20\\S+Z\\) no longer matches`));
  expect(err).toContain('members 3 → 2, removed 1 → 2. Nothing was written.');
  expect(past.stand.actito.calls()).toEqual(before);
});

test('a plan says how many members go first as a canary', async () => {
  await past.stand.writeActivation({ canary: 10 });
  await past.stand.warehouse.query(
    `insert into people (email, first_name) select 'c' || i || '@shop.be', 'Ann' from generate_series(1, 20) i`,
  );
  const { out } = await past.ask(['plan', 'vip']);
  expect(shown(out, 'canary')).toEqual(['the attributes of 10 members are sent first']);
  const { plan } = await past.json<RunResult>(['plan', 'vip']);
  expect(plan?.sends).toMatchObject({ members: 20, canary: 10, imports: 2 });
});

test('a plan says which assertions and tests of a dbt model passed, and which would hold the run', async () => {
  const tests = { known_cities: "city = 'Rome'", no_names: 'first_name is not null' };
  const manifest = {
    nodes: {
      'model.shop.vip': {
        resource_type: 'model',
        name: 'vip',
        package_name: 'shop',
        relation_name: 'people',
      },
      ...Object.fromEntries(
        Object.entries(tests).map(([name, failing]) => [
          `test.shop.${name}`,
          {
            resource_type: 'test',
            name,
            package_name: 'shop',
            attached_node: 'model.shop.vip',
            compiled_code: `select email from people where ${failing}`,
          },
        ]),
      ),
    },
  };
  const project = join(past.stand.projectFolder, 'project.yaml');
  onTestFinished(() => rm(project));
  await writeFile(project, 'dbt: { manifest: manifest.json }\n');
  await writeFile(join(past.stand.projectFolder, 'manifest.json'), JSON.stringify(manifest));
  const assertions = ['people is empty', 'nobody is known'].map((message) => ({
    query: 'select 1 where not exists (select 1 from people)',
    message,
  }));
  await past.stand.writeActivation({
    segment: { name: LIST, model: 'vip' },
    guards: { maxRejectedRatio: 1, fromModel: ['tests'], assertions },
  });
  await seedPeople(past.stand);
  const { out } = await past.ask(['plan', 'vip']);
  expect(shown(out, 'passed')).toEqual([
    '2 assertions (not the case: people is empty; nobody is known), 1 dbt test (known_cities)',
  ]);
  expect(shown(out, 'guard')).toEqual([
    expect.stringMatching(/^fromModel would hold the run: A test of the dbt model vip failed .*: no_names\./),
  ]);
  const { plan } = await past.json<RunResult>(['plan', 'vip']);
  expect(plan?.passed).toEqual({
    assertions: ['people is empty', 'nobody is known'],
    tests: ['known_cities'],
  });
});
