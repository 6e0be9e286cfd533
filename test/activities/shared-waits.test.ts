import { expect, test } from 'vitest';
import { rows } from '../../state/state.ts';
import { until } from '../setup/until.ts';
import { standWithRunner } from '../support/direct-run.ts';

/* A run with two files may lead one shared import and follow in another. */

const { stand, runner } = await standWithRunner();

const imports = () =>
  rows<{ status: string; activation: string }>(
    stand.state,
    'select status, activation from imports join runs on no = run order by id',
  );
const segment = (id: string, condition: string) =>
  stand.writeActivation(
    {
      segment: { name: id, query: `select email, first_name, spent, city from people where ${condition}` },
      list: { name: id },
    },
    id,
  );

test('a leader without an import left for the day releases its followers, although it waits for others itself', async () => {
  await stand.writeDestination({
    imports: { shareWithin: '10m' },
    limits: { importsPerTablePerDay: 1 },
  });
  await stand.warehouse.query(
    `insert into people (email, first_name, spent) values ('anna@shop.be', 'Anna', 1), ('bob@shop.be', null, 2), ('carl@shop.be', null, 3)`,
  );
  await stand.actito.seedContacts(['anna', 'bob'].map((name) => ({ emailAddress: `${name}@shop.be` })));
  await segment('other', `email like 'carl%'`);
  await segment('both', `email not like 'carl%'`);

  let give = () => {};
  const up = new Promise<void>((_, reject) => (give = () => reject(new Error('given up'))));
  const other = runner.run({ activation: 'other', beforeNextTry: () => up });
  await until('the other waits', async () => (await imports()).length === 1);

  const seen: string[][] = [];
  const both = await runner.run({
    activation: 'both',
    beforeNextTry: async () => {
      seen.push((await imports()).map(({ activation, status }) => `${activation}: ${status}`));
      if (seen.length === 2) throw new Error('enough');
      // Another program takes the only import of the day; then its own file is sent.
      await stand.state.raw(
        `insert into imports (run, quota_key, status, intended_at, file_name, execution_id)
         select run, quota_key, 'posted', now(), 'theirs', '1' from imports limit 1`,
      );
      await stand.state.raw(
        `update imports set leaves_at = now() from runs where no = run and activation = 'both'`,
      );
    },
  });
  give();
  await other;
  expect(both.failure?.message).toBe('enough');
  expect(seen).toEqual([
    ['other: gathering', 'both: gathering'],
    ['other: gathering', 'both: dissolved', 'other: posted'],
  ]);
});
