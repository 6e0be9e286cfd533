import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { RunResult } from '../../contract/result.ts';
import { until } from '../setup/until.ts';
import { startOddActito, type Reply } from '../end-to-end/leaks/odd-actito.ts';
import { destination, LIST, resetStand } from '../support/stand.ts';
import { standWithWorker } from '../support/temporal-run.ts';

/* People who left must leave the list: it waits for no call that it does not need. */

const { stand, hosted } = await standWithWorker();
let gateway: Awaited<ReturnType<typeof startOddActito>>;
beforeAll(async () => {
  gateway = await startOddActito(stand.actito.apiUrl);
});
afterAll(() => gateway?.stop());
beforeEach(async () => {
  await resetStand(stand);
  await stand.writeActivation();
  await stand.writeDestination();
  await stand.actito.seedContacts([{ emailAddress: 'anna@shop.be' }, { emailAddress: 'bob@shop.be' }]);
  await stand.warehouse.query(
    `insert into people (email, first_name) values ('anna@shop.be', 'Anna'), ('bob@shop.be', 'Bob')`,
  );
});

const listed = () => [...stand.actito.listMembers(LIST)].sort();
const bobLeaves = async () => {
  await stand.warehouse.query(`delete from people where email = 'bob@shop.be'`);
  await stand.warehouse.query(`update people set first_name = 'Anne'`);
};
const reasons = ({ notes }: RunResult) => notes.map(({ reason }) => reason);

describe('an import that does not end', () => {
  test('does not delay the list beyond the timeout; the run then continues to wait and keeps the result', async () => {
    await hosted.run();
    await stand.writeDestination({ imports: { listWaitsFor: '1s' } });
    await bobLeaves();
    stand.actito.setFault('importsStuck', {});
    const running = await hosted.start({ activation: 'vip' });
    await until('the list is delivered', async () => listed().join() === 'anna@shop.be');
    expect((await running.describe()).status.name).toBe('RUNNING');
    stand.actito.setFault('importsStuck', null);
    const result = (await running.result()) as RunResult;
    expect(result).toMatchObject({ outcome: 'succeeded', counts: { updated: 1, unsent: 0, removed: 1 } });
    expect(reasons(result)).toContain('listGoesFirst');
    expect(reasons(result)).not.toContain('attributesNotSent');

    const next = await hosted.run();
    expect(next.counts).toMatchObject({ unchanged: 1, updated: 0 });
    expect(stand.actito.imports()).toHaveLength(2); // one of each run
  });

  test('is reported with what it failed with last, although its time is up between two of its attempts', async () => {
    await hosted.run();
    let isAway = true;
    gateway.script('away', ({ method, path }) =>
      isAway && method === 'GET' && /\/etl-executions\//.test(path) ? { status: 500, body: '{}' } : undefined,
    );
    await stand.writeDestination({ baseUrl: gateway.url('away'), imports: { listWaitsFor: '3s' } });
    await bobLeaves();
    const running = await hosted.start({ activation: 'vip' });
    await until('the list is delivered', async () => listed().join() === 'anna@shop.be');
    isAway = false;
    const { notes } = (await running.result()) as RunResult;
    const { facts } = notes.find(({ reason }) => reason === 'listGoesFirst')!;
    expect((facts as { failure: string }).failure).toContain('500');
  });

  test('is followed even if the list that went first could not be delivered', async () => {
    await hosted.run();
    await stand.writeDestination({
      imports: { listWaitsFor: '1s' },
      delivery: Object.assign({}, destination(stand.actito).delivery, { directory: '/nowhere' }),
    });
    await bobLeaves();
    stand.actito.setFault('importsStuck', {});
    const running = await hosted.start({ activation: 'vip' });
    await until('the list could not be delivered', async () =>
      JSON.stringify(await running.fetchHistory()).includes('DeliveryRefused'),
    );
    stand.actito.setFault('importsStuck', null);
    await expect(running.result()).rejects.toThrow();
    await stand.writeDestination();
    expect((await hosted.run()).counts).toMatchObject({ removed: 1, updated: 0 });
    expect(stand.actito.imports()).toHaveLength(2);
  });

  /** The timeout of the import before the run continues with the list, in seconds. */
  async function importTime(settings: Record<string, unknown> = {}): Promise<number> {
    await stand.writeActivation(settings);
    const running = await hosted.start({ activation: 'vip' });
    await running.result();
    const { events } = await running.fetchHistory();
    const scheduled = events!
      .map(({ activityTaskScheduledEventAttributes: found }) => found)
      .filter((found) => found?.activityType?.name === 'importAttributes');
    expect(scheduled).toHaveLength(1);
    return Number(scheduled[0]!.scheduleToCloseTimeout!.seconds);
  }
  const SIX_HOURS = 6 * 3_600;
  const LATE = { listWaitsFor: '7m' };

  test('delays the list by the configured timeout, and also the lists of activations that share the import', async () => {
    await hosted.run();
    await stand.writeDestination({ imports: LATE });
    await bobLeaves();
    expect(await importTime()).toBe(7 * 60);
    await stand.writeDestination({ imports: { ...LATE, shareWithin: '1s' } });
    await stand.warehouse.query(`insert into people (email, first_name) values ('bob@shop.be', 'Bob')`);
    expect(await importTime()).toBe(7 * 60 + 1);
  });

  test('holds the list back when attributes are required', async () => {
    await hosted.run();
    await stand.writeDestination({ imports: LATE });
    await bobLeaves();
    expect(await importTime({ attributesRequired: true })).toBe(SIX_HOURS);
  });

  test('has all the time when no list is due', async () => {
    await hosted.run();
    await stand.writeDestination({ imports: LATE });
    await hosted.run(); // it reads the structure of Actito again, since the destination has changed
    await stand.warehouse.query(`update people set first_name = 'Anne'`);
    expect(await importTime()).toBe(SIX_HOURS);
  });

  const many = (from: number, to: number) =>
    stand.warehouse.query(
      `insert into people (email, first_name) select 'p' || i || '@shop.be', 'P' from generate_series(${from}, ${to - 1}) i`,
    );
  const known = (from: number, to: number) =>
    stand.actito.seedContacts(
      Array.from({ length: to - from }, (_, i) => ({ emailAddress: `p${from + i}@shop.be` })),
    );

  test('holds back the list of a first run, because Actito may not know any of its members', async () => {
    await stand.writeDestination({ imports: LATE });
    await many(0, 98);
    await known(0, 98);
    expect(await importTime()).toBe(SIX_HOURS);
  });

  test('holds the list back if the match rate is guarded and enough new members enter to measure it', async () => {
    await hosted.run();
    await stand.writeDestination({ imports: LATE });
    await many(0, 99);
    await known(0, 99);
    expect(await importTime({ guards: { minMatchRatio: 0.5 } })).toBe(7 * 60);
    await many(100, 200);
    await known(100, 200);
    expect(await importTime({ guards: { minMatchRatio: 0.5 } })).toBe(SIX_HOURS);
  });
});

describe('polling the list', () => {
  let kinds = 0;
  /** The answers to the next calls for the list; undefined: Actito answers. */
  async function looking(answer: (time: number) => Reply | undefined) {
    const kind = `look-${++kinds}`;
    let looks = 0;
    gateway.script(kind, ({ method, path }) =>
      method === 'GET' && /external-target-lists\/\d+$/.test(path) ? answer(++looks) : undefined,
    );
    await stand.writeDestination({ baseUrl: gateway.url(kind) });
  }

  test.each<[string, Reply]>([
    ['403', { status: 403, body: '{}' }],
    ['a body of another kind', { status: 200, body: '{"odd":true}' }],
  ])('is harmless if Actito always answers %s, and the run reports it', async (_, reply) => {
    let isOdd = false;
    await looking(() => (isOdd ? reply : undefined));
    await hosted.run();
    isOdd = true;
    await bobLeaves();
    const result = await hosted.run();
    expect(result).toMatchObject({ outcome: 'succeeded', list: { confirmation: 'pending' } });
    const when = result.notes
      .filter(({ reason }) => reason === 'listUnseen')
      .map(({ facts }) => (facts as { when: string }).when);
    expect(when).toEqual(['before', 'after']);
    await until('Actito has read the file', async () => listed().join() === 'anna@shop.be');
    isOdd = false;
    expect((await hosted.run()).counts).toMatchObject({ removed: 0, members: 1 });
  });

  test('continues after one 404', async () => {
    let looks: 'usual' | 'one 404 to come' = 'usual';
    let asked = 0;
    await looking(() => {
      if (looks === 'usual') return undefined;
      return ++asked === 2 ? { status: 404, body: '{}' } : undefined; // the first call is the one before the delivery
    });
    await hosted.run();
    looks = 'one 404 to come';
    await bobLeaves();
    const result = await hosted.run();
    expect(result.list).toMatchObject({ confirmation: 'retrieved' });
    expect(reasons(result)).not.toContain('listUnseen');
  });

  test('before a failed delivery does not mistake an older file for the new one', async () => {
    let looks = 0;
    let isOdd = false;
    await looking(() => (isOdd && ++looks === 1 ? { status: 500, body: '{}' } : undefined));
    await hosted.run();
    isOdd = true;
    await stand.warehouse.query(`delete from people where email = 'bob@shop.be'`);
    await stand.warehouse.query(`insert into people (email, first_name) values ('eve@shop.be', 'Eve')`);
    stand.actito.setFault('pollerStopped', {}); // Actito no longer reads files; the last one had as many lines
    const running = await hosted.start({ activation: 'vip' });
    await until('the list was read after its delivery', async () => looks >= 4);
    expect((await running.describe()).status.name).toBe('RUNNING');
    stand.actito.setFault('pollerStopped', null);
    expect(await running.result()).toMatchObject({ list: { confirmation: 'retrieved' } });
  });

  test('without finding it makes the next run create the list again', async () => {
    let isGone = false;
    await looking(() => (isGone ? { status: 404, body: '{}' } : undefined));
    await hosted.run();
    const provisioned = () =>
      stand.state.raw<{ rows: { found: boolean }[] }>(
        'select provisioned is not null as found from activations',
      );
    expect((await provisioned()).rows).toEqual([{ found: true }]);
    isGone = true;
    await bobLeaves();
    await hosted.run();
    expect((await provisioned()).rows).toEqual([{ found: false }]);
  });
});
