import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { RunProgress } from '../../contract/progress.ts';
import { LIST } from '../support/stand.ts';
import { standWithWorker } from '../support/temporal-run.ts';
import { words } from '../support/words.ts';

const { stand, hosted } = await standWithWorker();
beforeAll(async () => {
  await stand.actito.seedContacts([{ emailAddress: 'anna@shop.be' }, { emailAddress: 'bob@shop.be' }]);
});

const DAY = 24 * 3_600_000;
const listed = () => [...stand.actito.listMembers(LIST)].toSorted();
const expiry = () => stand.actito.list(LIST)!.expirationDate!;

/** Makes a run fail. */
async function fail(): Promise<{ type: string; message: string; notes: string[]; shown: unknown }> {
  const handle = await hosted.start({ activation: 'vip' });
  const failure = await handle.result().then(
    () => expect.fail('the run should have failed'),
    (error: { cause: { type: string; message: string } }) => error.cause,
  );
  const { notes } = await handle.query<RunProgress>('progress');
  const { typedSearchAttributes } = await handle.describe();
  const shown = typedSearchAttributes.getAll().find(({ key }) => key.name === 'RunOutcome')?.value;
  return { type: failure.type, message: failure.message, notes: words(notes), shown };
}

/** A day passes for us and for Actito: the list of 48 hours must be kept alive. */
async function aDayPasses(): Promise<void> {
  await stand.age(24);
  stand.actito.advanceClock(DAY);
}

const KEPT = 'The unchanged list was delivered again, so that it does not expire.';

describe('a failed run', () => {
  beforeEach(async () => {
    await stand.warehouse.query(
      `truncate people; insert into people (email, spent) values ('anna@shop.be', 1)`,
    );
    await stand.writeActivation();
    await hosted.run();
  });
  afterEach(() => {
    stand.actito.setFault('importFails', null);
  });

  test('keeps the unchanged list alive, once, when the segment cannot be read', async () => {
    await aDayPasses();
    const before = expiry();
    await stand.writeActivation({ segment: { name: LIST, table: 'nobody' } });
    expect(await fail()).toMatchObject({ type: 'SegmentQueryFailed', notes: [KEPT], shown: 'failed' });
    await stand.actito.pollNow();
    expect(listed()).toEqual(['anna@shop.be']);
    expect(expiry() > before).toBe(true);
    expect(await fail()).toMatchObject({ type: 'SegmentQueryFailed', notes: [] });
  });

  test('does not touch a list that is valid for long enough', async () => {
    await stand.writeActivation({ segment: { name: LIST, table: 'nobody' } });
    expect(await fail()).toMatchObject({ type: 'SegmentQueryFailed', notes: [] });
  });

  test('keeps the list alive when required attributes cannot be sent, and what was sent counts', async () => {
    await aDayPasses();
    await stand.warehouse.query(`insert into people (email, spent) values ('bob@shop.be', 2)`);
    await stand.writeActivation({ attributesRequired: true });
    stand.actito.setFault('importFails', {});
    expect(await fail()).toMatchObject({ type: 'ImportFailed', notes: [KEPT] });
    await stand.actito.pollNow();
    expect(listed()).toEqual(['anna@shop.be']);

    stand.actito.setFault('importFails', null);
    expect(await hosted.run()).toMatchObject({
      counts: { added: 1, updated: 1 },
      list: { pushed: 'changed' },
    });
    expect(listed()).toEqual(['anna@shop.be', 'bob@shop.be']);
  });

  test('does not deliver to a list that the activation has left', async () => {
    await aDayPasses();
    await stand.writeActivation({ segment: { name: LIST, table: 'nobody' }, list: { name: 'Another' } });
    expect(await fail()).toMatchObject({ type: 'SegmentQueryFailed', notes: [] });
    expect(stand.actito.list('Another')).toBeUndefined();
  });

  test('waits for the warehouse no longer than the list can wait, and says what it waited for', async () => {
    const url = stand.env.SHOP_URL;
    stand.env.SHOP_URL = 'postgres://127.0.0.1:1/nobody';
    await stand.writeActivation({ list: { validity: '8s' } });
    const { type, message } = await fail();
    stand.env.SHOP_URL = url;
    expect([type, message]).toEqual([
      'SourceUnavailable',
      'The warehouse (SHOP_URL) cannot be reached: ECONNREFUSED. Check its host and port, and the network between the worker and it.',
    ]);
  });

  test('says why the list could not be kept alive, and fails for its own reason', async () => {
    await aDayPasses();
    await stand.writeActivation({ segment: { name: LIST, table: 'nobody' } });
    const password = stand.env.SFTP_PASSWORD;
    stand.env.SFTP_PASSWORD = 'wrong';
    const failure = await fail();
    stand.env.SFTP_PASSWORD = password;
    expect(failure.type).toBe('SegmentQueryFailed');
    expect(failure.notes).toEqual([
      expect.stringMatching(/^The unchanged list could not be delivered again and may expire: .*password/i),
    ]);
  });
});

describe('a run that cannot be settled', () => {
  const refuse = () =>
    stand.state.raw(`
      create function refuse() returns trigger language plpgsql as $$ begin raise exception 'no'; end $$;
      create trigger refuse before update of version on activations for each row execute function refuse()`);
  const allow = () => stand.state.raw('drop trigger refuse on activations; drop function refuse');
  const open = async () => {
    const { rows } = await stand.state.raw<{ rows: unknown[] }>('select from runs where closed_at is null');
    return rows.length;
  };

  beforeEach(async () => {
    await stand.warehouse.query(`truncate people; insert into people (email) values ('anna@shop.be')`);
    await stand.writeActivation({ list: { name: 'Settled' } });
  });

  test('fails for that reason, and the next run settles what it had done', async () => {
    await refuse();
    expect(await fail()).toMatchObject({ type: 'StateRefused', shown: 'failed' });
    expect(await open()).toBe(1);
    await allow();
    expect(await hosted.run()).toMatchObject({ list: { pushed: null } });
    expect(await open()).toBe(0);
  });

  test('says so in addition to the reason for which it failed', async () => {
    await hosted.run();
    await stand.warehouse.query(`update people set spent = 5`);
    await stand.writeActivation({ list: { name: 'Settled' }, attributesRequired: true });
    stand.actito.setFault('importFails', {});
    await refuse();
    const { type, message, shown } = await fail();
    expect([type, shown]).toEqual(['ImportFailed', 'failed']);
    expect(message).toMatch(
      /^Import \S+ of activation \S+ failed in Actito\. .* the next run repairs it\. Cause: /,
    );
    stand.actito.setFault('importFails', null);
    await allow();
    expect(await hosted.run()).toMatchObject({ counts: { updated: 1 } });
    expect(await open()).toBe(0);
  });
});
