import { beforeEach, describe, expect, test } from 'vitest';
import { SlotBudget } from '../../activation/comparison/budget.ts';
import { expectAllThere, seedPeople } from '../support/as-if-nothing.ts';
import { startCuttingProxy } from '../support/cutting-proxy.ts';
import { directRunner, standWithRunner, type DirectRun } from '../support/direct-run.ts';
import { closeGate, GATED, untilAtGate } from '../support/holding.ts';
import { LIST, resetStand, usualActivation } from '../support/stand.ts';
import { badFolders, inFolder } from '../support/temporary-folder.ts';

/* What can go wrong with a segment, its source, the disk of the worker or the state database. */

const { stand, runner } = await standWithRunner();
beforeEach(async () => {
  await resetStand(stand);
  await stand.writeActivation();
  await seedPeople(stand);
});

/** Replaces the segment of three people by a query. */
const segmentOf = (query: string, changes = {}) =>
  stand.writeActivation({ ...usualActivation(), segment: { name: LIST, query }, ...changes });

/** The run failed during its comparison: it published nothing, so the list is unchanged. */
async function expectNothingPublished(run: DirectRun, failure: object): Promise<void> {
  expect(run).toMatchObject({ outcome: 'failed', plan: undefined, failure });
  const [row] = await stand.state('runs').select('delta', 'plan').orderBy('no', 'desc').limit(1);
  expect(row).toEqual({ delta: null, plan: null });
  const left = await stand
    .state('pg_tables')
    .select('tablename')
    .where('tablename', '~', '^(delta|aside|result)_\\d');
  expect(left).toEqual([]);
}

describe('one key in a million rows', () => {
  const million = (columns: string) => `select ${columns} from generate_series(1, 1000000) as n`;
  /** Runs, and returns by how many bytes the process grew at most. */
  async function runMeasured() {
    const before = process.memoryUsage().rss;
    let most = before;
    const timer = setInterval(() => (most = Math.max(most, process.memoryUsage().rss)), 20);
    const run = await runner.run().finally(() => clearInterval(timer));
    return { run, grown: most - before };
  }

  test('with the same values is one member, and all other rows are duplicates', async () => {
    await segmentOf(million(`'anna@shop.be' as email, 'Ann' as first_name, 1.5 as spent, 'Gent' as city`));
    const { run, grown } = await runMeasured();
    expect(run).toMatchObject({
      outcome: 'succeeded',
      counts: { read: 1_000_000, members: 1, added: 1, updated: 1, duplicates: 999_999, ambiguous: 0 },
    });
    expect([...stand.actito.listMembers(LIST)]).toEqual(['anna@shop.be']);
    expect(grown).toBeLessThan(256 * 2 ** 20);
  });

  test('with different values in each is one ambiguous member without values', async () => {
    await segmentOf(
      million(`'anna@shop.be' as email, 'Ann ' || n as first_name, n as spent, 'Gent' as city`),
    );
    const { run, grown } = await runMeasured();
    expect(run).toMatchObject({
      outcome: 'succeeded with rejects',
      counts: { read: 1_000_000, members: 1, added: 1, updated: 0, duplicates: 999_999, ambiguous: 1 },
      rejects: [{ reason: 'AmbiguousValues', count: 1 }],
    });
    expect([...stand.actito.listMembers(LIST)]).toEqual(['anna@shop.be']);
    expect(stand.actito.contact('emailAddress', 'anna@shop.be')).not.toHaveProperty('city', 'Gent');
    expect(grown).toBeLessThan(256 * 2 ** 20);
  });

  test('with different list identifiers is one member, which has the smallest identifier', async () => {
    await stand.actito.seedContacts([{ emailAddress: 'zoe@shop.be', customerId: 'C0000001' }]);
    await segmentOf(
      million(
        `'zoe@shop.be' as email, 'C' || to_char(1000001 - n, 'FM0000000') as customer_id, 'Ann' as first_name,
         1.5 as spent, 'Gent' as city`,
      ),
      { list: { identifier: { column: 'customer_id', attribute: 'customerId' } } },
    );
    const { run, grown } = await runMeasured();
    expect(run).toMatchObject({ counts: { read: 1_000_000, members: 1, added: 1, ambiguous: 1 } });
    const [member] = await stand.state('members_vip').select('key', 'identifier');
    expect(member).toEqual({ key: 'zoe@shop.be', identifier: 'C0000001' });
    expect(grown).toBeLessThan(256 * 2 ** 20);
  });
});

describe('a source that ends early', () => {
  /** Many rows come before the gate, and those of the three people after it. */
  const LONG = `
    select 'new' || n || '@shop.be' as email, 'New' as first_name, 1.5 as spent, 'Gent' as city
    from generate_series(1, 100000) as n`;

  test('because its server ended the session publishes nothing and removes no member', async () => {
    expect(await runner.run()).toMatchObject({ outcome: 'succeeded', counts: { added: 3 } });
    const openGate = await closeGate(stand);
    await segmentOf(`${LONG} union all select email, first_name, spent, city from (${GATED}) as gated`);
    const running = runner.run();
    await untilAtGate(stand);
    await stand.warehouse.query(
      `select pg_terminate_backend(pid) from pg_stat_activity
       where datname = current_database() and wait_event_type = 'Lock'`,
    );
    await expectNothingPublished(await running, {
      type: 'SourceUnavailable',
      nonRetryable: false,
      message: expect.stringContaining('57P01'),
    });
    await openGate();
    await stand.writeActivation();
    expect(await runner.run()).toMatchObject({ outcome: 'succeeded', counts: { unchanged: 3, removed: 0 } });
    expectAllThere(stand);
  });

  test.each([
    ['in the middle of a row', 1_000_007],
    ['before anything was read', 500],
  ])('because the connection was closed %s publishes nothing and removes no member', async (_, bytes) => {
    expect(await runner.run()).toMatchObject({ outcome: 'succeeded', counts: { added: 3 } });
    await segmentOf(LONG);
    const direct = stand.env.SHOP_URL!;
    const proxy = await startCuttingProxy(direct, bytes);
    stand.env.SHOP_URL = proxy.url;
    const run = await runner.run().finally(() => {
      stand.env.SHOP_URL = direct;
      proxy.stop();
    });
    await expectNothingPublished(run, {
      type: 'SourceUnavailable',
      message: expect.stringContaining('SHOP_URL'),
    });
    await stand.writeActivation();
    expect(await runner.run()).toMatchObject({ outcome: 'succeeded', counts: { unchanged: 3, removed: 0 } });
    expectAllThere(stand);
  });
});

describe('a segment that does not fit into memory', () => {
  const MANY = `
    select 'new' || n || '@shop.be' as email, 'New' as first_name, 1.5 as spent, 'Gent' as city
    from generate_series(1, 100000) as n`;

  test.each(badFolders().map((bad) => [bad.what, bad] as const))(
    'publishes nothing and leaves no file in a temporary folder that is %s',
    async (_, bad) => {
      expect(await runner.run()).toMatchObject({ outcome: 'succeeded', counts: { added: 3 } });
      await segmentOf(MANY);
      const small = await directRunner({ ...stand, slots: new SlotBudget(512) });
      try {
        await inFolder(bad, async (folder, left) => {
          await expectNothingPublished(await small.run(), {
            type: 'WorkerDiskFull',
            nonRetryable: false, // another process may free space in the meantime
            message: expect.stringMatching(
              `cannot write to its temporary folder ${folder} \\(${bad.code}\\).*set TMPDIR`,
            ),
          });
          expect(left()).toEqual([]);
        });
        await stand.writeActivation();
        expect(await small.run()).toMatchObject({ outcome: 'succeeded', counts: { unchanged: 3 } });
        expectAllThere(stand);
      } finally {
        await small.close();
      }
    },
  );
});

describe('a members table that someone edited manually', () => {
  const damages = {
    emptied: 'delete from members_vip',
    'without one of its rows': `delete from members_vip where key like 'anna%'`,
    'with someone else in it': `update members_vip set mark = gen_random_uuid() where key like 'anna%'`,
  };
  const damaged = async (sql: string) => {
    expect(await runner.run()).toMatchObject({ outcome: 'succeeded', counts: { added: 3 } });
    await stand.state.raw(sql);
  };

  test.each(Object.entries(damages))('%s is reported, and nothing is published or sent', async (_, sql) => {
    await damaged(sql);
    await expectNothingPublished(await runner.run(), {
      type: 'StateDamaged',
      nonRetryable: true,
      message: expect.stringMatching(/actito-sync rebase vip --reason .*actito-sync resync vip/),
    });
    expectAllThere(stand);
  });

  test.each(Object.entries(damages))('%s is repaired by a rebase, which sends nothing', async (_, sql) => {
    await damaged(sql);
    expect(await runner.run({ rebase: true })).toMatchObject({ outcome: 'succeeded' });
    expectAllThere(stand);
    // The file server's content is unknown: the list is delivered once more.
    expect(await runner.run()).toMatchObject({ outcome: 'succeeded', counts: { unchanged: 3, members: 3 } });
    expect(await runner.run()).toMatchObject({ plan: { push: null }, counts: { unchanged: 3, members: 3 } });
    expectAllThere(stand);
  });

  test.each(Object.entries(damages))('%s is repaired by a resync, which sends everything', async (_, sql) => {
    await damaged(sql);
    expect(await runner.run({ resync: true })).toMatchObject({
      outcome: 'succeeded',
      counts: { members: 3, updated: 3 },
    });
    expect(await runner.run()).toMatchObject({ plan: { push: null }, counts: { unchanged: 3, members: 3 } });
    expectAllThere(stand, 2);
  });
});
