import { MockActivityEnvironment } from '@temporalio/testing';
import { beforeEach, expect, test } from 'vitest';
import { createActivities } from '../../activities/create.ts';
import type { RunRef } from '../../contract/steps.ts';
import type { Holder } from '../../state/runs/lease.ts';
import { until } from '../setup/until.ts';
import { expectAllThere, seedPeople } from '../support/as-if-nothing.ts';
import { standWithRunner, SILENT, type PhaseName } from '../support/direct-run.ts';
import { closeGate, holdCalls, untilAtGate } from '../support/holding.ts';
import { LIST, resetStand } from '../support/stand.ts';

/* Abandoned activities that continue after a newer run has taken over: they wait for a lock until then. */

const { stand, runner } = await standWithRunner();
beforeEach(async () => {
  await resetStand(stand);
  await stand.writeActivation();
  await seedPeople(stand);
});

/** Begins one activity of the latest run, whose workflow no longer exists. */
async function zombie(name: 'compare' | 'importAttributes' | 'pushList') {
  const [found] = (await stand
    .state('runs')
    .select({ run: 'no' }, 'fence', 'namespace', { workflowId: 'workflow_id' }, { runId: 'run_id' })
    .orderBy('no', 'desc')
    .limit(1)) as (RunRef & Holder)[];
  const { run, fence, namespace, workflowId, runId } = found!;
  const env = new MockActivityEnvironment(
    { workflowExecution: { workflowId, runId }, workflowNamespace: namespace },
    { client: runner.client, logger: SILENT },
  );
  const activity: (ref: RunRef) => Promise<unknown> = createActivities(stand)[name];
  const ended = env.run(activity, { run, fence }).then(
    () => expect.unreachable(`The zombie's ${name} succeeded.`),
    (error: unknown) => error,
  );
  return { ended };
}

async function killAfter(phase: PhaseName): Promise<void> {
  expect(await runner.run({ killedAfter: phase })).toEqual({ killed: true });
}

const SUPERSEDED = { type: 'RunSuperseded', nonRetryable: true };

test('a comparison that ends after a newer run has started publishes nothing', async () => {
  const openGate = await closeGate(stand);
  await killAfter('open');
  const { ended } = await zombie('compare');
  await untilAtGate(stand);
  await stand.writeActivation(); // the newer run reads without the gate
  expect(await runner.run()).toMatchObject({ outcome: 'succeeded', counts: { added: 3 } });
  await openGate();
  expect(await ended).toMatchObject(SUPERSEDED);
  expect(await stand.state('runs').select('delta', 'outcome').orderBy('no')).toMatchObject([
    { delta: null, outcome: 'failed' },
    { outcome: 'succeeded' },
  ]);
  expect(await runner.run()).toMatchObject({ outcome: 'succeeded', counts: { unchanged: 3 } });
  expectAllThere(stand);
});

test('an import is never completed once a newer run has taken over, and the newer run sends it', async () => {
  await killAfter('provision');
  const letCall = await holdCalls(stand);
  const { ended } = await zombie('importAttributes');
  const intended = async () => (await stand.state('imports').select('status')).length;
  await until('the import is intended', async () => (await intended()) === 1);
  await killAfter('open');
  await letCall();
  expect(await ended).toMatchObject(SUPERSEDED);
  expect(stand.actito.imports()).toEqual([]);
  expect(await runner.run()).toMatchObject({ outcome: 'succeeded', counts: { added: 3, updated: 3 } });
  expectAllThere(stand);
});

test('an uploaded list is not renamed to its final name once a newer run has taken over', async () => {
  await killAfter('importAttributes');
  const letCall = await holdCalls(stand);
  const { ended } = await zombie('pushList');
  const intended = async () => (await stand.state('deliveries').select('id')).length;
  await until('the delivery is intended', async () => (await intended()) === 1);
  await killAfter('open');
  await letCall();
  expect(await ended).toMatchObject(SUPERSEDED);
  await stand.actito.pollNow();
  expect([...stand.actito.listMembers(LIST)]).toEqual([]);
  expect(await runner.run()).toMatchObject({ outcome: 'succeeded', counts: { added: 3 } });
  expectAllThere(stand);
});
