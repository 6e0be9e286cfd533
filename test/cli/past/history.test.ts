import { beforeEach, expect, test } from 'vitest';
import type { PastRun } from '../../../state/report/history.ts';
import { pastForTests, row, seedPeople } from './support.ts';

const past = pastForTests();
beforeEach(() => seedPeople(past.stand));

const history = async (...flags: string[]) =>
  (await past.json<{ runs: PastRun[] }>(['history', 'vip', ...flags])).runs;

test('history shows the runs, newest first, with their counts and why the list was delivered', async () => {
  await past.hosted.run({ activation: 'vip', reason: 'the first' });
  await past.hosted.run();
  const [second, first] = await history();
  expect(first).toMatchObject({
    outcome: 'succeeded with rejects',
    reason: 'the first',
    push: 'first delivery',
    failure: null,
    dryRun: false,
    counts: { read: 4, added: 3, updated: 2, unmatched: 1, rejected: 1 },
    openedAt: expect.any(String),
    closedAt: expect.any(String),
    retrievedAt: expect.any(String),
  });
  expect(second).toMatchObject({ push: null, counts: { added: 0 } });

  const { code, out, err } = await past.ask(['history', 'vip']);
  expect({ code, err }).toEqual({ code: 0, err: '' });
  const cells = row(out, first!.run)!;
  expect(cells[3]).toBe('succeeded with rejects');
  expect(cells.slice(4)).toEqual(['4', '3', '0', '0', '2', '1', '1', 'retrieved (first delivery)']);
  expect(row(out, second!.run)!.at(-1)).toBe('–');
  expect(out.indexOf(`\n${second!.run} `)).toBeLessThan(out.indexOf(`\n${first!.run} `));
});

test('history says why a run was held or failed', async () => {
  await past.hosted.run();
  await past.stand.warehouse.query('truncate people');
  await past.stand.writeActivation({ guards: { allowEmpty: false } });
  await expect(past.hosted.run()).rejects.toThrow();
  await past.stand.writeActivation({ segment: { name: 'VIP', table: 'nowhere' } });
  await expect(past.hosted.run()).rejects.toThrow();

  const [failed, held] = await history();
  expect([failed!.outcome, held!.outcome]).toEqual(['failed', 'held']);
  const { out } = await past.ask(['history', 'vip']);
  expect(out).toMatch(
    new RegExp(
      `^run ${held!.run}: The run of \\S+ is held; its list was not changed\\. The segment is empty`,
      'm',
    ),
  );
  expect(out).toContain(`run ${failed!.run}: ${failed!.failure}`);
});

test.each(['Activity cancelled', 'The run was canceled.'])(
  'history shows a canceled run as canceled, whatever reason was stored (%s)',
  async (stored) => {
    await past.hosted.run();
    await past.stand.state.raw(`update runs set outcome = 'cancelled', failure = ?`, [stored]);
    const { out } = await past.ask(['history', 'vip']);
    expect(out).not.toContain(stored);
    expect(out.match(/cancelled/g)).toHaveLength(1);
  },
);

test('history marks dry runs', async () => {
  await past.hosted.run({ mode: 'preview', activation: 'vip' });
  const [planned] = await history();
  expect(planned).toMatchObject({ dryRun: true, deliveredAt: null });
  const cells = row((await past.ask(['history', 'vip'])).out, planned!.run)!;
  expect([cells[3], cells.at(-1)]).toEqual(['planned', 'would be delivered (first delivery)']);
});

test('--limit shows the latest runs', async () => {
  for (let i = 0; i < 3; i++) await past.hosted.run();
  const all = await history();
  expect(all).toHaveLength(3);
  expect(await history('--limit', '2')).toEqual(all.slice(0, 2));
});

test('an activation that has never run has no history', async () => {
  const { code, out } = await past.ask(['history', 'vip']);
  expect({ code, out }).toEqual({ code: 0, out: 'vip has never run.\n' });
  expect(await history()).toEqual([]);
});
