import { beforeEach, expect, test } from 'vitest';
import { standWithRunner, type ActivityFailure } from '../support/direct-run.ts';
import { resetStand } from '../support/stand.ts';

/* Answers to imports are lost again and again: each may have used one of the imports of the day. */

const { stand, runner } = await standWithRunner();
const IMPORTS = '/mass-imports';
beforeEach(async () => {
  await resetStand(stand);
  await stand.writeDestination();
  await stand.actito.seedContacts([{ emailAddress: 'anna@shop.be' }]);
  await stand.warehouse.query(`insert into people (email, first_name) values ('anna@shop.be', 'Anna')`);
});

const calls = (route: string) => stand.actito.calls()[route] ?? 0;
const sent = () => calls('POST /mass-imports/v5/entities/{entity}/etl-executions');

/** Moves the stored times of the state back by this time. */
const passes = (seconds: number) =>
  stand.state.raw(
    `update imports set intended_at = intended_at - cast(:seconds as float8) * interval '1 s',
                        completing_at = completing_at - cast(:seconds as float8) * interval '1 s'`,
    { seconds },
  );

/** Actito takes an import of the table from another activation. */
const othersImport = () =>
  stand.state.raw(
    `insert into imports (run, quota_key, status, intended_at, execution_id)
     select run, quota_key, 'posted', now(), '1' from imports order by id limit 1`,
  );

interface Step {
  sent: number;
  says: unknown;
  pause: number | undefined;
}

/** Runs, with one action after each failed attempt. */
async function steps(...between: (() => unknown)[]): Promise<Step[]> {
  const seen: Step[] = [];
  const beforeNextTry = async ({ type, message, nextRetryDelay }: ActivityFailure) => {
    expect(type).toBe('ActitoUnavailable');
    const minutes = /retries (\d+) minutes? after/.exec(message)?.[1];
    seen.push({
      sent: sent(),
      says: minutes === undefined ? 'failed' : Number(minutes),
      pause: nextRetryDelay,
    });
    await between[seen.length - 1]?.();
  };
  expect(await runner.run({ beforeNextTry })).toMatchObject({ outcome: 'succeeded', counts: { updated: 1 } });
  return seen;
}

test('the backoff grows to minutes, and the worker checks the state every 30 seconds to see if it is over', async () => {
  stand.actito.setFault('lostAnswer', { times: 3, route: IMPORTS });
  const nothing = () => undefined;
  const seen = await steps(
    nothing,
    nothing,
    () => passes(61),
    nothing,
    () => passes(280),
    () => passes(21),
  );
  expect(seen.map(({ sent, says }) => [sent, says])).toEqual([
    [1, 'failed'],
    [2, 'failed'],
    [2, 1],
    [3, 'failed'],
    [3, 5],
    [3, 5],
  ]);
  const pauses = seen.filter(({ says }) => says !== 'failed').map(({ pause }) => pause!);
  expect(pauses.slice(0, 2)).toEqual([30_000, 30_000]);
  expect(pauses[2]).toBeLessThanOrEqual(20_000); // the rest of the five minutes
  expect(sent()).toBe(4);
});

test('the backoff ends once Actito accepts an import of the table, from any activation', async () => {
  stand.actito.setFault('lostAnswer', { times: 2, route: IMPORTS });
  const seen = await steps(
    () => undefined,
    () => undefined,
    othersImport,
  );
  expect(seen.map(({ says }) => says)).toEqual(['failed', 'failed', 1]);
  expect(sent()).toBe(3);
});

test('a chunk whose answer is always lost is sent ever more rarely, even if Actito accepts all other imports', async () => {
  stand.actito.setFault('lostAnswer', { times: 5, route: IMPORTS });
  const fourTimes = [othersImport, othersImport, othersImport, othersImport];
  const afterAMinute = async () => {
    await passes(61);
    await othersImport();
  };
  const seen = await steps(...fourTimes, afterAMinute, othersImport, () => passes(301));
  expect(seen.map(({ sent, says }) => [sent, says])).toEqual([
    [1, 'failed'],
    [2, 'failed'],
    [3, 'failed'],
    [4, 'failed'],
    [4, 1],
    [5, 'failed'],
    [5, 5],
  ]);
  expect(sent()).toBe(6);
});

test('the worker sends no import until Actito answers a call that costs nothing', async () => {
  stand.actito.setFault('lostAnswer', { times: 1, route: IMPORTS });
  const storm = () => stand.actito.setFault('serverError', { times: 3 });
  const seen = await steps(storm);
  expect(seen.map(({ sent }) => sent)).toEqual([1, 1, 1, 1]);
  expect(sent()).toBe(2);
});
