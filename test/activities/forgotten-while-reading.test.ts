import { expect, test } from 'vitest';
import { spellingsOf } from '../../activation/keys/spellings.ts';
import { recordForgotten } from '../../state/forgotten/record.ts';
import { rows } from '../../state/state.ts';
import { standWithRunner } from '../support/direct-run.ts';
import { closeGate, lock, untilAtGate, untilWaiting } from '../support/holding.ts';
import { tablesWith } from '../support/tables-with.ts';

const { stand, runner } = await standWithRunner();

test('a person who asks to be forgotten during the warehouse query never reaches the delta, and is counted', async () => {
  await stand.warehouse.query(`insert into people (email) values ('anna@shop.be'), ('bob@shop.be')`);
  const openGate = await closeGate(stand);
  const running = runner.run({ dryRun: true });
  await untilAtGate(stand);
  const wish = { spellings: spellingsOf('anna@shop.be', []), by: 'dpo', reason: null };
  await recordForgotten(stand.state, wish);
  const letPublish = await lock(stand, 'chunks', 'access exclusive');
  await openGate();
  await untilWaiting(stand, 'chunks'); // publication has resolved the delta; the tables of the attempt still exist
  const [delta] = await rows<{ name: string }>(
    stand.state,
    `select relname as name from pg_class where relname ~ '^delta_' and relkind = 'r'`,
  );
  const keys = await rows(stand.state, `select key from ${delta!.name}`);
  await letPublish();
  expect(keys).toEqual([{ key: 'bob@shop.be' }]);
  const { plan } = await running;
  expect(plan).toMatchObject({ counts: { read: 2, forgotten: 1, added: 1, members: 1 } });
  expect(await tablesWith(stand.state, 'anna@shop.be')).toEqual([]);
});
