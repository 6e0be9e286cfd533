import type { WorkflowHandle } from '@temporalio/client';
import { beforeEach, expect, test } from 'vitest';
import { WORKFLOW_TYPE } from '../../contract/names.ts';
import type { RunProgress } from '../../contract/progress.ts';
import { until } from '../setup/until.ts';
import { LIST } from '../support/stand.ts';
import { pastForTests, seedPeople } from './past/support.ts';

const past = pastForTests();
beforeEach(() => seedPeople(past.stand));

/** Starts a run under this id, and waits until Actito stops it. */
async function stuckRun(workflowId: string): Promise<WorkflowHandle> {
  past.stand.actito.setFault('serverError', { times: 1_000 });
  const { client, taskQueue } = past.hosted;
  const run = await client.workflow.start(WORKFLOW_TYPE, {
    taskQueue,
    workflowId,
    args: [{ activation: 'vip' }],
  });
  const phase = async () => (await run.query<RunProgress>('progress')).phase;
  await until('the run waits for Actito', async () => (await phase()) === 'provisioning');
  return run;
}

const outcomes = async () =>
  (
    await past.stand.state.raw<{ rows: { outcome: string | null }[] }>('select outcome from runs order by no')
  ).rows.map(({ outcome }) => outcome);

test('a running run is canceled and closed when the command ends; the next one does its work', async () => {
  const run = await stuckRun('activation/vip');
  const { code, out, err } = await past.ask(['cancel', 'vip']);
  expect(code).toBe(0);
  expect(out).toBe('activation/vip: canceling\nactivation/vip: canceled\n');
  expect(err).toMatch(/^(… ActitoUnavailable: .*\n)?$/);
  expect((await run.describe()).status.name).toBe('CANCELLED');
  expect(await outcomes()).toEqual(['cancelled']);

  past.stand.actito.setFault('serverError', null);
  expect(await past.ask(['run', 'vip'])).toMatchObject({ code: 0 });
  expect([...past.stand.actito.listMembers(LIST)]).toHaveLength(2);
});

test('a run that a schedule started is found by its id with the time', async () => {
  const id = 'activation/vip-2026-11-24T06:00:00Z';
  await stuckRun(id);
  // Temporal's listing, which finds such a run, lags behind.
  const { client } = past.hosted;
  await until('the run is listed', async () => {
    const listed = client.workflow.list({ query: `WorkflowId="${id}" and ExecutionStatus="Running"` });
    return !(await listed[Symbol.asyncIterator]().next()).done;
  });
  const answer = await past.json<object>(['cancel', 'vip']);
  expect(answer).toEqual({ activation: 'vip', runs: [{ workflowId: id, outcome: 'cancelled' }] });
});

test('a dry run is canceled separately, and the run continues', async () => {
  const run = await stuckRun('activation/vip');
  const { code, out } = await past.ask(['cancel', 'vip', '--dry-run']);
  expect({ code, out }).toEqual({ code: 0, out: 'plan/vip is not running. There is nothing to cancel.\n' });
  expect((await run.describe()).status.name).toBe('RUNNING');
  await run.terminate();
});

test('if nothing is running, the command says so without an error', async () => {
  expect(await past.ask(['cancel', 'vip'])).toEqual({
    code: 0,
    err: '',
    out: 'activation/vip is not running. There is nothing to cancel.\n',
  });
  expect(await past.json(['cancel', 'vip'])).toEqual({ activation: 'vip', runs: [] });
});

test('a typing error does not look like a run that was canceled', async () => {
  expect(await past.ask(['cancel', 'vipp'])).toEqual({
    code: 2,
    out: '',
    err: 'InvalidActivation: The project has no activation "vipp", did you mean "vip"?\n',
  });
});

test('without a worker, the command says so; Ctrl-C ends the wait, and the run is canceled all the same', async () => {
  const run = await past.hosted.client.workflow.start(WORKFLOW_TYPE, {
    taskQueue: 'nobody-polls-this',
    workflowId: 'activation/vip',
    args: [{ activation: 'vip' }],
  });
  const interrupt = new AbortController();
  const ended = await past.ask(['cancel', 'vip'], {
    signal: interrupt.signal,
    onError: (text) => text.includes('npm run worker') && interrupt.abort(),
  });
  expect(ended).toMatchObject({ code: 130, out: 'activation/vip: canceling\n' });
  const { events } = await run.fetchHistory();
  expect(events!.filter((event) => event.workflowExecutionCancelRequestedEventAttributes)).toHaveLength(1);
  await run.terminate();
});
