import { randomUUID } from 'node:crypto';
import { Client, Connection } from '@temporalio/client';
import { MockActivityEnvironment } from '@temporalio/testing';
import { afterAll, beforeEach, expect, test } from 'vitest';
import { createActivities } from '../../activities/create.ts';
import { Peers } from '../../activities/peers.ts';
import { runSql } from '../../dev/databases.ts';
import { temporalAddress } from '../setup/servers.ts';
import { until } from '../setup/until.ts';
import { SILENT } from '../support/direct-run.ts';
import { ACTIVATION, resetStand, startStand } from '../support/stand.ts';

/*
 * An activity that waits for a peer continues as soon as the peer has answered another activity of the same
 * worker.
 */

const stand = await startStand();
afterAll(() => stand.dispose());
const connection = await Connection.connect({ address: temporalAddress() });
afterAll(() => connection.close());
const client = new Client({ connection });
/** Without an answer to another activity, a test would wait for days. */
const peers = new Peers({ first: 24 * 3_600_000, longest: 10 * 24 * 3_600_000 });
const activities = createActivities(Object.assign({}, stand, { peers }));

const OTHER = { segment: { name: 'Other', table: 'people' }, list: { name: 'Other' } };
beforeEach(async () => {
  await resetStand(stand);
  await stand.writeSource();
  await stand.writeDestination();
  await stand.warehouse.query(`insert into people (email) values ('anna@shop.be')`);
  await stand.actito.seedContacts([{ emailAddress: 'anna@shop.be' }]);
});

/** The workflow of one activation, for activities that are called one by one; each is one activity, however often it is called. */
function workflowOf(activation: string) {
  const workflowExecution = { workflowId: `activation/${activation}`, runId: randomUUID() };
  return (
    activityId: keyof typeof activities,
    argument: unknown,
    onHeartbeat?: (beat: unknown) => void,
  ): Promise<unknown> => {
    const env = new MockActivityEnvironment(
      { workflowExecution, workflowNamespace: 'default', activityId, scheduleToCloseTimeoutMs: 0 }, // no deadline
      { client, logger: SILENT },
    );
    if (onHeartbeat) env.on('heartbeat', onHeartbeat);
    return env.run(activities[activityId] as never, argument as never);
  };
}

async function opened(activation: string) {
  const call = workflowOf(activation);
  const answer = (await call('open', { mode: 'sync', activation })) as Awaited<
    ReturnType<typeof activities.open>
  >;
  if (!('opened' in answer)) throw new Error('Another run is running.');
  const { run, fence } = answer.opened;
  return { call, ref: { run, fence } };
}

/** The activity has failed twice, so its third attempt waits until an event ends the backoff. */
async function continuesAfter(
  { call, ref }: Awaited<ReturnType<typeof opened>>,
  activity: keyof typeof activities,
  type: string,
  recovers: () => Promise<unknown>,
) {
  for (let i = 0; i < 2; i++) await expect(call(activity, ref)).rejects.toMatchObject({ type });
  let waitsUntil: string | undefined;
  const attempt = call(
    activity,
    ref,
    (beat) => (waitsUntil ??= (beat as { waitsUntil?: string }).waitsUntil),
  );
  await until('the attempt waits', async () => waitsUntil !== undefined);
  await recovers();
  await attempt;
}

test('Actito recovers through the call of another activity', async () => {
  const waits = await opened(ACTIVATION);
  for (const step of ['compare', 'plan'] as const) await waits.call(step, waits.ref);
  stand.actito.setFault('serverError', {});
  await continuesAfter(waits, 'provision', 'ActitoUnavailable', async () => {
    stand.actito.setFault('serverError', null);
    await workflowOf('actito')('inspectLists', 'actito');
  });
});

test('Actito recovers through a call of another activity that it rejects', async () => {
  const waits = await opened(ACTIVATION);
  for (const step of ['compare', 'plan'] as const) await waits.call(step, waits.ref);
  await workflowOf('actito')('inspectLists', 'actito'); // a new token later would be an answer, too
  stand.actito.setFault('serverError', { route: '/profile-table-structure' });
  await continuesAfter(waits, 'provision', 'ActitoUnavailable', async () => {
    stand.actito.setFault('serverError', null);
    await stand.writeDestination({ entity: 'unknown' }); // the run has read it before
    const rejected = workflowOf('actito')('inspectLists', 'actito');
    await expect(rejected).rejects.toMatchObject({ type: 'ActitoRefused' });
  });
});

test('a warehouse recovers through the connection of another activity', async () => {
  const waits = await opened(ACTIVATION);
  const { SHOP_URL } = stand.env;
  stand.env.SHOP_URL = Object.assign(new URL(SHOP_URL!), { port: '1' }).href;
  await continuesAfter(waits, 'compare', 'SourceUnavailable', async () => {
    stand.env.SHOP_URL = SHOP_URL;
    await stand.writeActivation(OTHER, 'other');
    const other = await opened('other');
    await other.call('compare', other.ref);
  });
});

test('a file server recovers through the delivery of another activity', async () => {
  const steps = ['compare', 'plan', 'provision'] as const;
  await stand.writeActivation(OTHER, 'other');
  const [waits, goesOn] = [await opened(ACTIVATION), await opened('other')];
  for (const { call, ref } of [waits, goesOn]) for (const step of steps) await call(step, ref);
  stand.actito.setFault('uploadBreaks', { afterBytes: 0 });
  await continuesAfter(waits, 'pushList', 'DeliveryUnavailable', async () => {
    stand.actito.setFault('uploadBreaks', null);
    await goesOn.call('pushList', goesOn.ref);
  });
});

test('the state database recovers through a new connection', async () => {
  const waits = await opened(ACTIVATION);
  await stand.state.raw(`
    create or replace function be_away() returns trigger language plpgsql as $$ begin
      raise exception 'away' using errcode = '57P03';
    end $$;
    create trigger away before update on runs for each row execute function be_away()`);
  await continuesAfter(waits, 'compare', 'StateUnavailable', async () => {
    await stand.state.raw('drop trigger away on runs');
    const own = 'datname = current_database() and pid <> pg_backend_pid()';
    await runSql(stand.stateUrl, `select pg_terminate_backend(pid) from pg_stat_activity where ${own}`);
    await until('a new connection is made', () =>
      stand.state.raw('select 1').then(
        () => true,
        () => false, // by one that was ended
      ),
    );
  });
});
