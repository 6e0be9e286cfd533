import type { WorkflowFailedError } from '@temporalio/client';
import { CancelledFailure } from '@temporalio/common';
import { beforeEach, describe, expect, test } from 'vitest';
import { until } from '../setup/until.ts';
import { LIST, loseState, resetStand } from '../support/stand.ts';
import { standWithWorker } from '../support/temporal-run.ts';

const { stand, hosted } = await standWithWorker();
beforeEach(async () => {
  await resetStand(stand);
  await stand.writeActivation();
  await stand.writeSource();
  await stand.actito.seedContacts([{ emailAddress: 'anna@shop.be', firstName: 'before' }]);
  await stand.warehouse.query(`insert into people values ('anna@shop.be', 'Anna', 48151.6234, 'Gentbrugge')`);
});

/** Starts a run and waits until its import is stuck in Actito. */
async function stuckRun() {
  stand.actito.setFault('importsStuck', {});
  const handle = await hosted.start({ activation: 'vip' });
  await until('the import has begun', async () => stand.actito.imports().length > 0);
  return handle;
}

const outcomes = async () => {
  const { rows } = await stand.state.raw<{ rows: { outcome: string | null }[] }>(
    'select outcome from runs order by no',
  );
  return rows.map((row) => row.outcome);
};

test('a canceled run is settled and closed, and the next one repairs what was in doubt', async () => {
  const handle = await stuckRun();
  await handle.cancel();
  const error = await handle.result().catch((failed: unknown) => failed);
  expect((error as WorkflowFailedError).cause).toBeInstanceOf(CancelledFailure);
  expect(await outcomes()).toEqual(['cancelled']);

  stand.actito.setFault('importsStuck', null);
  await stand.warehouse.query(`update people set first_name = 'before'`); // back to the values in Actito
  expect(await hosted.run()).toMatchObject({ outcome: 'succeeded', counts: { added: 1, updated: 1 } });
  expect(stand.actito.contact('emailAddress', 'anna@shop.be')).toMatchObject({ firstName: 'before' });
});

describe('a slow query of the warehouse', () => {
  const slow = { name: LIST, query: 'select people.*, pg_sleep(600) from people' };
  const running = async () => {
    const { rows } = await stand.warehouse.query<{ count: number }>(
      `select count(*)::int as count from pg_stat_activity
       where datname = current_database() and state = 'active' and query like '%pg_sleep(600)%' and pid <> pg_backend_pid()`,
    );
    return rows[0]!.count;
  };

  test('is canceled on the server when its run is canceled', async () => {
    await stand.writeActivation({ segment: slow });
    const handle = await hosted.start({ activation: 'vip' });
    await until('the query runs', async () => (await running()) === 1);
    await handle.cancel();
    const error = await handle.result().catch((failed: unknown) => failed);
    expect((error as WorkflowFailedError).cause).toBeInstanceOf(CancelledFailure);
    await until('the server has ended the query', async () => (await running()) === 0);
    expect(await outcomes()).toEqual(['cancelled']);
  });

  test('is ended by the server at its timeout, and the failure says how to extend it', async () => {
    await stand.writeActivation({ segment: slow });
    await stand.writeSource({ statementTimeout: '1s' });
    const error = await hosted.run().catch((failed: WorkflowFailedError) => failed.cause);
    expect(error).toMatchObject({
      type: 'SegmentQueryFailed',
      message: expect.stringContaining('statementTimeout') as string,
    });
    await until('the server has ended the query', async () => (await running()) === 0);
  });
});

test('after a terminated run, the next one takes over at once and repairs its changes', async () => {
  const handle = await stuckRun();
  await handle.terminate('by the test');
  stand.actito.setFault('importsStuck', null);
  expect(await hosted.run()).toMatchObject({ outcome: 'succeeded', counts: { added: 1, unsent: 0 } });
  expect(await outcomes()).toEqual(['failed', 'succeeded']);
  expect(stand.actito.contact('emailAddress', 'anna@shop.be')).toMatchObject({ firstName: 'Anna' });
  expect([...stand.actito.listMembers(LIST)]).toEqual(['anna@shop.be']);
});

test('a run of a busy activation is skipped, and completes', async () => {
  const first = await stuckRun();
  const second = await hosted.run();
  expect(second).toMatchObject({
    outcome: 'skipped',
    notes: [{ message: `Skipped: workflow ${first.workflowId} is already running this activation.` }],
  });
  stand.actito.setFault('importsStuck', null);
  expect(await first.result()).toMatchObject({ outcome: 'succeeded' });
});

test('a dry run beside a running run is not skipped', async () => {
  const first = await stuckRun();
  expect(await hosted.run({ mode: 'preview', activation: 'vip' })).toMatchObject({ outcome: 'planned' });
  stand.actito.setFault('importsStuck', null);
  await first.result();
});

test('no table of a run remains after it', async () => {
  await hosted.run();
  await hosted.run({ mode: 'preview', activation: 'vip' });
  const { rows } = await stand.state.raw<{ rows: { relname: string }[] }>(
    `select relname from pg_class where relname ~ '^(stage|delta|result)_' and relkind = 'r'`,
  );
  expect(rows).toEqual([]);
});

test('the history of a run contains no key, value or secret', async () => {
  const handle = await hosted.start({ activation: 'vip' });
  await handle.result();
  const history = Buffer.from(JSON.stringify(await handle.fetchHistory())).toString();
  const payloads = [...history.matchAll(/"data":"([^"]+)"/g)].map(([, data]) =>
    Buffer.from(data!, 'base64').toString(),
  );
  const text = [history, ...payloads].join('\n');
  // Longer than any accidental match, such as a part of a timestamp.
  for (const secret of [
    'anna@shop',
    'Gentbrugge',
    '48151.6234',
    stand.env.ACTITO_API_KEY!,
    stand.env.SFTP_PASSWORD!,
    stand.env.SHOP_URL!,
  ]) {
    expect(text).not.toContain(secret);
  }
});

test('a run whose state was lost ends at once, and does not touch the run that has its number now', async () => {
  await stand.writeActivation({ list: { name: 'News' } }, 'news');
  stand.actito.setFault('serverError', {});
  await stand.state.raw('truncate runs restart identity cascade');
  const lost = await hosted.start({ activation: 'vip' });
  await until('Actito was asked', async () => (await provisioning('vip')) > 0);

  await loseState(stand);
  await stand.state.raw('truncate runs restart identity cascade');
  const other = await hosted.start({ activation: 'news' });
  await until('the other run has its number', async () => (await provisioning('news')) === 1);
  const { cause } = (await lost.result().catch((failed: unknown) => failed)) as WorkflowFailedError;
  expect(cause).toMatchObject({
    type: 'StateDamaged',
    message: expect.stringMatching(/has no run 1 /),
  });
  expect(cause!.message).not.toContain('Besides');
  expect(await outcomes()).toEqual([null]);

  stand.actito.setFault('serverError', null);
  expect(await other.result()).toMatchObject({ outcome: 'succeeded' });
});

/** The number of the activation's run that has published its plan; 0: there is none. */
async function provisioning(activation: string): Promise<number> {
  const { rows } = await stand.state.raw<{ rows: { no: string }[] }>(
    'select no from runs where activation = ? and plan is not null',
    [activation],
  );
  return Number(rows[0]?.no ?? 0);
}

test('a run whose workflow is reset fails with that reason, and a new run continues from what Actito confirmed', async () => {
  const { workflowId, firstExecutionRunId } = await stuckRun();
  const { workflowService } = hosted.client;
  const execution = { workflowId, runId: firstExecutionRunId };
  const { history } = await workflowService.getWorkflowExecutionHistory({ namespace: 'default', execution });
  const tasks = history!.events!.filter((event) => event.workflowTaskCompletedEventAttributes);
  const { runId } = await workflowService.resetWorkflowExecution({
    namespace: 'default',
    workflowExecution: execution,
    workflowTaskFinishEventId: tasks[1]!.eventId, // the run is open since then
    requestId: workflowId,
    reason: 'test',
  });
  const failed = await hosted.client.workflow
    .getHandle(workflowId, runId)
    .result()
    .catch((error: WorkflowFailedError) => error.cause);
  expect(failed).toMatchObject({ type: 'RunSuperseded', details: [{ reason: 'runReset' }] });

  stand.actito.setFault('importsStuck', null);
  expect(await hosted.run()).toMatchObject({ outcome: 'succeeded', counts: { added: 1 } });
  expect(await outcomes()).toEqual(['failed', 'succeeded']);
  expect(stand.actito.contact('emailAddress', 'anna@shop.be')).toMatchObject({ firstName: 'Anna' });
});
