import { randomBytes } from 'node:crypto';
import { defaultPayloadConverter } from '@temporalio/common';
import { afterAll, afterEach, beforeEach, expect, inject, test } from 'vitest';
import { troubleOf } from '../../client/follow.ts';
import { runSql } from '../../dev/databases.ts';
import type { RunResult } from '../../contract/result.ts';
import { until } from '../setup/until.ts';
import { startCountingProxy } from '../support/counting-proxy.ts';
import { startStand, type Stand } from '../support/stand.ts';
import { endOpenRuns, hostWorker } from '../support/temporal-run.ts';

/* When a failed server is back, a run that waits for it continues soon, and without having failed. */

const stand = await startStand();
afterAll(() => stand.dispose());
const role = await ownerOf(stand);
const proxy = await startCountingProxy(
  Object.assign(new URL(stand.stateUrl), { username: role, password: 'x' }).href,
);
afterAll(() => proxy.stop());
const hosted = await hostWorker(Object.assign({}, stand, { stateUrl: proxy.url }));
afterAll(() => hosted.close());

const ACTIVATIONS = ['vip', 'second'];
await stand.writeActivation(
  { segment: { name: 'Second', table: 'people' }, list: { name: 'Second' } },
  'second',
);
await stand.actito.seedContacts([{ emailAddress: 'anna@shop.be' }]);
await stand.warehouse.query(`insert into people (email, first_name) values ('anna@shop.be', 'Anna')`);
beforeEach(async () => {
  await stand.warehouse.query('update people set first_name = $1', [randomBytes(4).toString('hex')]);
});

/** The connections of a role may be limited, unlike those of a superuser: it owns the state of a stand. */
async function ownerOf({ stateUrl: url }: Stand): Promise<string> {
  const owner = `owner_${randomBytes(4).toString('hex')}`;
  await runSql(
    url,
    `create role ${owner} login password 'x';
     alter schema actito_sync owner to ${owner};
     do $$ declare made record; begin
       for made in select relname from pg_class where relnamespace = 'actito_sync'::regnamespace and relkind = 'r' loop
         execute format('alter table actito_sync.%I owner to ${owner}', made.relname);
       end loop;
     end $$`,
  );
  afterAll(() =>
    runSql(url, `reassign owned by ${owner} to postgres; drop owned by ${owner}; drop role ${owner}`),
  );
  return owner;
}
const allow = (connections: number) =>
  runSql(inject('postgresAdminUrl'), `alter role ${role} connection limit ${connections}`);

// What a failed test leaves would make all later ones fail.
afterEach(async () => {
  await allow(-1);
  for (const fault of ['importsStuck', 'serverError', 'tooManyRequests'] as const)
    stand.actito.setFault(fault, null);
  await endOpenRuns(hosted);
});

/** How many attempts each activity of a run had, if it had more than one. */
async function attempts(run: Awaited<ReturnType<typeof hosted.start>>): Promise<Record<string, number>> {
  const { events } = await run.fetchHistory();
  const names = new Map<string, string>();
  const found: Record<string, number> = {};
  for (const { eventId, ...event } of events ?? []) {
    const scheduled = event.activityTaskScheduledEventAttributes;
    if (scheduled) names.set(String(eventId), scheduled.activityType!.name!);
    const started = event.activityTaskStartedEventAttributes;
    if (started && started.attempt! > 1)
      found[names.get(String(started.scheduledEventId))!] = started.attempt!;
  }
  return found;
}

test('if the state database has no free connection, at most the attempt that lost its connection fails, and the next one waits', async () => {
  stand.actito.setFault('importsStuck', {});
  const imports = stand.actito.imports().length;
  const run = await hosted.start({ activation: 'vip' });
  await until('the import has begun', async () => stand.actito.imports().length > imports);
  await allow(0);
  await runSql(
    stand.stateUrl,
    `select pg_terminate_backend(pid) from pg_stat_activity where usename = '${role}'`,
  );
  stand.actito.setFault('importsStuck', null);
  await until('an attempt without a connection waits', async () => proxy.refused() >= 2);
  await allow(-1);
  expect(await run.result()).toMatchObject({ outcome: 'succeeded', counts: { updated: 1 } });
  const { importAttributes = 1, ...others } = await attempts(run);
  expect(importAttributes).toBeLessThanOrEqual(2);
  expect(others).toEqual({});
  expect(stand.actito.imports()).toHaveLength(imports + 1);
});

test.each(['serverError', 'tooManyRequests'] as const)(
  'several %s during calls of two runs do no harm: both succeed, with one import each',
  async (fault) => {
    const imports = stand.actito.imports().length;
    stand.actito.setFault(fault, { times: 4 });
    const runs = await Promise.all(ACTIVATIONS.map((activation) => hosted.start({ activation })));
    for (const run of runs)
      expect((await run.result()) as RunResult).toMatchObject({
        outcome: 'succeeded',
        counts: { unsent: 0 },
      });
    expect(stand.actito.faults()[fault]).toMatchObject({ struck: 4 });
    expect(stand.actito.imports()).toHaveLength(imports + 2);
  },
);

test('while an attempt waits in the worker, people see when it continues', async () => {
  stand.actito.setFault('serverError', {});
  const run = await hosted.start({ activation: 'vip' });
  let waitsUntil: string | undefined;
  let next: Date | null | undefined;
  await until('an attempt waits', async () => {
    const { raw } = await run.describe();
    const [payload] = raw.pendingActivities?.[0]?.heartbeatDetails?.payloads ?? [];
    const beat = payload && defaultPayloadConverter.fromPayload<{ waitsUntil?: string }>(payload);
    waitsUntil = beat?.waitsUntil;
    if (waitsUntil !== undefined) next = (await troubleOf(run, new Date(Date.now() + 5_000)))?.next;
    return next?.toISOString() === waitsUntil && waitsUntil !== undefined;
  });
  stand.actito.setFault('serverError', null);
  expect(await run.result()).toMatchObject({ outcome: 'succeeded' });
});
