import type { WorkflowFailedError } from '@temporalio/client';
import { beforeEach, describe, expect, test } from 'vitest';
import { outcomeKey, phaseKey } from '../../contract/names.ts';
import { LIST, resetStand } from '../support/stand.ts';
import { standWithWorker } from '../support/temporal-run.ts';
import { words } from '../support/words.ts';

const { stand, hosted } = await standWithWorker();
beforeEach(async () => {
  await resetStand(stand);
  await stand.writeActivation();
  await stand.actito.seedContacts([{ emailAddress: 'anna@shop.be' }, { emailAddress: 'bob@shop.be' }]);
  await stand.warehouse.query(
    `insert into people values ('anna@shop.be', 'Anna', 12.5, 'Gent'), ('bob@shop.be', 'Bob', 3, 'Lyon')`,
  );
});

const listed = () => [...stand.actito.listMembers(LIST)].sort();

async function failureOf(input: object = { activation: 'vip' }): Promise<{ type?: string; message: string }> {
  const handle = await hosted.start(input);
  const error = await handle.result().then(
    () => expect.fail('the workflow should have failed'),
    (failed: WorkflowFailedError) => failed,
  );
  return error.cause as unknown as { type?: string; message: string };
}

async function lastRun(): Promise<{ outcome: string; failure: string | null }> {
  const { rows } = await stand.state.raw<{ rows: { outcome: string; failure: string | null }[] }>(
    'select outcome, failure from runs order by no desc limit 1',
  );
  return rows[0]!;
}

describe('a run', () => {
  test('creates list and attributes the first time, fills both and reports what it did', async () => {
    const result = await hosted.run();
    expect(result).toMatchObject({
      outcome: 'succeeded',
      counts: { read: 2, added: 2, updated: 2 },
      list: { name: LIST, pushed: 'first delivery', confirmation: 'retrieved', profiles: 2 },
    });
    expect(words(result.notes)).toEqual([
      'Created in Actito: attribute spent.',
      'Created in Actito: the external target list "VIP".',
    ]);
    expect(listed()).toEqual(['anna@shop.be', 'bob@shop.be']);
  });

  test('does nothing when nothing changed, and sends only changes', async () => {
    await hosted.run();
    expect(await hosted.run()).toMatchObject({ counts: { unchanged: 2 }, list: { pushed: null } });
    await stand.warehouse.query(`update people set first_name = 'Anne' where email like 'anna%'`);
    expect(await hosted.run()).toMatchObject({
      counts: { changed: 1, updated: 1, unchanged: 1 },
      list: { pushed: null },
    });
    expect(stand.actito.imports().map((entry) => entry.rows?.read)).toEqual([2, 1]);
  });

  test('removes members who left and adds new ones', async () => {
    await hosted.run();
    await stand.warehouse.query(`delete from people where email like 'bob%'`);
    expect(await hosted.run()).toMatchObject({
      counts: { removed: 1, added: 0 },
      list: { pushed: 'changed', profiles: 1 },
    });
    expect(listed()).toEqual(['anna@shop.be']);
  });

  test('delivers an unchanged list again before its validity ends, once', async () => {
    await hosted.run();
    await stand.age(22);
    expect(await hosted.run()).toMatchObject({ list: { pushed: null } });
    await stand.age(1.5);
    expect(await hosted.run()).toMatchObject({ list: { pushed: 'keep-alive', confirmation: 'retrieved' } });
    expect(await hosted.run()).toMatchObject({ list: { pushed: null } });
    expect(stand.actito.imports().length).toBe(1);
  });

  test('sends everything again on request, and delivers the list', async () => {
    await hosted.run();
    expect(await hosted.run({ mode: 'resync', activation: 'vip' })).toMatchObject({
      counts: { retried: 2, updated: 2 },
      list: { pushed: 'resync' },
    });
  });

  test('as a dry run counts what it would do, and changes neither Actito nor the acknowledged state', async () => {
    await hosted.run();
    await stand.warehouse.query(`delete from people where email like 'bob%'`);
    const dump = async () => {
      const tables = ['activations', 'members_vip', 'deliveries', 'imports'];
      return Promise.all(
        tables.map((table) =>
          stand.state.raw(`select * from ${table}`).then((r: { rows: unknown[] }) => r.rows),
        ),
      );
    };
    const [before, calls] = [await dump(), stand.actito.calls()];
    expect(await hosted.run({ mode: 'preview', activation: 'vip' })).toMatchObject({
      outcome: 'planned',
      counts: { removed: 1, added: 0 },
      list: { pushed: 'changed', confirmation: null },
    });
    expect(await dump()).toEqual(before);
    expect(stand.actito.calls()).toEqual(calls);
  });

  test('imports unmatched members once over five unchanged runs, and again a day later, alone', async () => {
    await stand.warehouse.query(`insert into people values ('stranger@shop.be', 'X', 1, 'Y')`);
    for (let run = 0; run < 5; run++) expect(await hosted.run()).toMatchObject({ outcome: 'succeeded' });
    expect(stand.actito.imports().length).toBe(1);
    await stand.age(25);
    expect(await hosted.run()).toMatchObject({ counts: { retried: 1, unmatched: 1, updated: 0 } });
    expect(await hosted.run()).toMatchObject({ counts: { unchanged: 3 } });
    expect(stand.actito.imports().map((entry) => entry.rows?.read)).toEqual([3, 1]);
  });
});

describe('a run in trouble', () => {
  test('creates and fills a list again that someone deleted in Actito', async () => {
    await hosted.run();
    await stand.actito.reset();
    await stand.actito.seedContacts([{ emailAddress: 'anna@shop.be' }, { emailAddress: 'bob@shop.be' }]);
    const { notes } = await hosted.run(); // it delivers nothing, and cannot find its list
    expect(words(notes).join()).toContain('If someone deleted the list in Actito, run again');
    expect(await hosted.run()).toMatchObject({
      counts: { unchanged: 2 },
      list: { pushed: 'first delivery', profiles: 2 },
    });
    expect(await hosted.run()).toMatchObject({ list: { pushed: null } });
  });

  test('renews a token that Actito no longer accepts', async () => {
    stand.actito.setFault('unauthorized', { times: 1, route: '/mass-imports' });
    expect(await hosted.run()).toMatchObject({ outcome: 'succeeded', counts: { updated: 2 } });
  });

  test('retries after 429, a server error, a lost answer and a broken upload', async () => {
    stand.actito.setFault('tooManyRequests', { times: 1, route: '/profile-table-structure' });
    stand.actito.setFault('serverError', { times: 1, route: '/external-target-lists' });
    stand.actito.setFault('lostAnswer', { times: 1, route: '/mass-imports' });
    stand.actito.setFault('uploadBreaks', { times: 1, afterBytes: 3 });
    expect(await hosted.run()).toMatchObject({ outcome: 'succeeded', counts: { updated: 2 } });
    expect(stand.actito.imports().length).toBe(2); // the answer was lost: sent twice, with the same effect
    expect(listed()).toEqual(['anna@shop.be', 'bob@shop.be']);
  });

  test('removes members although attributes cannot be sent, and sends the attributes with the next run', async () => {
    await hosted.run();
    await stand.warehouse.query(
      `delete from people where email like 'bob%'; update people set first_name = 'Anne'`,
    );
    stand.actito.setFault('importFails', { times: 1 });
    const failed = await hosted.run();
    expect(failed).toMatchObject({ outcome: 'succeeded with rejects', counts: { unsent: 1, removed: 1 } });
    expect(words(failed.notes).join()).toContain('Some attributes were not sent: Import ');
    expect(listed()).toEqual(['anna@shop.be']);
    expect(await hosted.run()).toMatchObject({ outcome: 'succeeded', counts: { updated: 1 } });
    expect(stand.actito.contact('emailAddress', 'anna@shop.be')).toMatchObject({ firstName: 'Anne' });
  });

  test('does not touch the list when attributes are required and cannot be sent', async () => {
    await stand.writeActivation({ attributesRequired: true });
    stand.actito.setFault('importFails', { times: 1 });
    expect(await failureOf()).toMatchObject({ type: 'ImportFailed' });
    expect(stand.actito.list(LIST)?.lastRetrievedFile).toBeNull();
    expect(await hosted.run()).toMatchObject({ outcome: 'succeeded', counts: { added: 2, updated: 2 } });
  });

  test('defers attributes when the quota of imports is used up, reports it, and still delivers the list', async () => {
    const yaml = `${stand.projectFolder}/destinations/actito.yaml`;
    const { readFile, writeFile } = await import('node:fs/promises');
    const usual = await readFile(yaml, 'utf8');
    await writeFile(yaml, usual.replace('importsPerTablePerDay: 1000', 'importsPerTablePerDay: 1'));
    try {
      await hosted.run();
      await stand.warehouse.query(
        `update people set first_name = 'Anne' where email like 'anna%'; delete from people where email like 'bob%'`,
      );
      const deferred = await hosted.run();
      expect(deferred).toMatchObject({
        outcome: 'succeeded with rejects',
        counts: { unsent: 1, removed: 1 },
        notes: [{ reason: 'quotaUsedUp' }],
      });
      expect(listed()).toEqual(['anna@shop.be']);
      await stand.age(25);
      expect(await hosted.run()).toMatchObject({ outcome: 'succeeded', counts: { updated: 1 } });
    } finally {
      await writeFile(yaml, usual);
    }
  });

  test('shows what an error in the query means and where it is, and fails at once', async () => {
    await stand.writeActivation({
      segment: { name: LIST, query: 'select email,\n  frist_name from people;' },
    });
    const failure = await failureOf();
    expect(failure.type).toBe('SegmentQueryFailed');
    expect(failure.message).toMatch(
      /a column does not exist, at line 2, column 3 .*history vip --show-personal-data$/s,
    );
    expect(await lastRun()).toMatchObject({ outcome: 'failed' });
  });

  test('rejects a json column before anything is written to Actito', async () => {
    await stand.writeActivation({
      segment: {
        name: LIST,
        query: `select *, '{}'::jsonb as first_name from (select email, spent, city from people) p`,
      },
    });
    const { type, message } = await failureOf();
    expect([type, message]).toEqual(['MappingInvalid', expect.stringContaining('first_name (jsonb)')]);
    expect(stand.actito.calls()).toEqual({});
  });

  test('rejects an unusable argument, an unknown activation, and a broken project folder', async () => {
    const typo = await failureOf({ activaton: 'vip' });
    expect(typo).toMatchObject({ type: 'InvalidActivation' });
    expect(typo.message).toContain('unknown field: activaton');
    expect(await failureOf({ activation: 'vop' })).toMatchObject({ type: 'InvalidActivation' });
    await stand.writeActivation({
      matchingKey: { column: 'email', type: 'mail', attribute: 'emailAddress' },
    });
    const broken = await failureOf();
    expect(broken).toMatchObject({ type: 'ConfigurationInvalid' });
    expect(broken.message).toContain('matchingKey.type');
  });

  test('is found by its outcome even if it could not be opened', async () => {
    const handle = await hosted.start({ activation: 'vop' });
    await expect(handle.result()).rejects.toThrow();
    const { typedSearchAttributes } = await handle.describe();
    expect(typedSearchAttributes.get(outcomeKey)).toBe('failed');
    expect(typedSearchAttributes.get(phaseKey)).toBe('closed');
  });
});
