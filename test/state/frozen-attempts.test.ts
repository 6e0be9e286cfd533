import type { Knex } from 'knex';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { checkFence, fenced } from '../../state/runs/lease.ts';
import { readRun } from '../../state/runs/runs.ts';
import { membersTable } from '../../state/names.ts';
import { rows, setTransaction } from '../../state/state.ts';
import { goodRun } from './sending.ts';
import { definitionFor, freshState, newActivation, open, type StateWorld } from './support.ts';

let world: StateWorld;
beforeAll(async () => {
  world = await freshState();
});
afterAll(() => world?.dispose());

describe('an attempt that freezes in the middle of a write', () => {
  const pauseIn = async (trx: Knex) =>
    (await trx.raw<{ rows: unknown[] }>('show idle_in_transaction_session_timeout')).rows;

  test('may pause for a minute at most', async () => {
    const run = await open(world, definitionFor(newActivation()));
    const allowed = [{ idle_in_transaction_session_timeout: '1min' }];
    expect(await fenced(world.state, run, pauseIn)).toEqual(allowed);
    expect(await setTransaction(world.state, pauseIn)).toEqual(allowed);
    expect(await world.state.transaction(pauseIn)).toEqual(allowed);
  });

  test('then loses its session, and a newer run takes over', async () => {
    const run = await open(world, definitionFor(newActivation()));
    const frozen = await world.state.transaction();
    await checkFence(frozen, run);
    await frozen.raw(`set local idle_in_transaction_session_timeout = '200ms'`); // a minute is long for a test
    const next = await open(world, run.definition);
    expect((await readRun(world.state, next.run)).outcome).toBe(null);
    await expect(frozen.raw('select 1')).rejects.toThrow();
    await frozen.rollback().catch(() => undefined);
  });

  test('and has read the members so far does not prevent the settlement of a first run', async () => {
    const definition = definitionFor(newActivation());
    const run = await open(world, definition);
    const frozen = await world.state.transaction();
    await frozen.raw(`select from ${membersTable(run.activation)}`);
    const { counts } = await goodRun(world, definition, [{ key: 'anna', values: ['1', '2', '3'] }]);
    expect(counts).toMatchObject({ added: 1, members: 1 });
    const keys = await rows(world.state, `select from pg_constraint where conname = ?`, [
      `key_of_${membersTable(run.activation)}`,
    ]);
    expect(keys).toHaveLength(1);
    await frozen.rollback();
  });
});
