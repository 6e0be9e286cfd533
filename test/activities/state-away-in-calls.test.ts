import { beforeEach, expect, test } from 'vitest';
import { seedPeople } from '../support/as-if-nothing.ts';
import { standWithRunner, type ActivityFailure } from '../support/direct-run.ts';
import { resetStand } from '../support/stand.ts';

/*
 * The state database fails in the middle of a call to Actito: that is not a failure of Actito, and uses no
 * import.
 */

const { stand, runner } = await standWithRunner();
beforeEach(async () => {
  await resetStand(stand);
  await stand.writeActivation();
  await seedPeople(stand);
  await stand.state.raw('drop trigger if exists away on imports; drop sequence if exists refusals');
});

/** The state rejects this number of writes of an import, like a server that is shutting down. */
async function stateIsAway(times: number, when: string): Promise<void> {
  await stand.state.raw(`
    create sequence refusals;
    create or replace function be_away() returns trigger language plpgsql as $$ begin
      if nextval('actito_sync.refusals') <= ${times} then raise exception 'away' using errcode = '57P03'; end if;
      return new;
    end $$;
    create trigger away before update on imports for each row when (${when}) execute function be_away()`);
}

const fates = async () =>
  (
    await stand.state.raw<{ rows: { fate: string }[] }>(
      'select coalesce(result, status) as fate from imports join import_parts on import = id order by id',
    )
  ).rows.map(({ fate }) => fate);

test('before the call is complete, the failure is attributed to the state, and what was not sent uses no quota', async () => {
  await stateIsAway(1, 'new.completing_at is not null and old.completing_at is null');
  const failures: ActivityFailure[] = [];
  const beforeNextTry = async (failure: ActivityFailure) => failures.push(failure);
  const run = await runner.run({ beforeNextTry });
  expect(run).toMatchObject({ outcome: 'succeeded' });
  expect(failures.map(({ type }) => type)).toEqual(['StateUnavailable']);
  const sent = stand.actito.imports().length;
  expect((await fates()).filter((fate) => fate === 'confirmed')).toHaveLength(sent);
  expect((await fates()).filter((fate) => fate !== 'confirmed')).toEqual(['refused']);
});

test('after the answer, the result is recorded as soon as the state is back, and nothing is sent twice', async () => {
  await stateIsAway(2, `new.status = 'posted' and old.status = 'intended'`);
  const beforeNextTry = () => expect.fail('the answer was lost');
  expect(await runner.run({ beforeNextTry })).toMatchObject({ outcome: 'succeeded' });
  expect(await fates()).toEqual(stand.actito.imports().map(() => 'confirmed'));
});
