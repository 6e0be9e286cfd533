import type { WorkerStatus } from '@temporalio/worker';
import { expect, onTestFinished, test } from 'vitest';
import { healthPort, isHealthy, startHealthServer } from '../../worker/health.ts';

type Status = Parameters<typeof isHealthy>[0];

function status(changes: Partial<Status> = {}): Status {
  const polling: WorkerStatus['workflowPollerState'] = 'POLLING';
  return {
    runState: 'RUNNING',
    workflowPollerState: polling,
    activityPollerState: polling,
    numInFlightActivities: 2,
    ...changes,
  };
}

/** A health server on a free port, which reports the current value of `now`. */
async function serve(now: { status: Status }) {
  const server = await startHealthServer(0, () => now.status);
  onTestFinished(() => server.stop());
  return server;
}

test('a worker that accepts work is healthy, and says what it does', async () => {
  const { port } = await serve({ status: status() });
  const response = await fetch(`http://127.0.0.1:${port}/healthz`);
  expect(response.status).toBe(200);
  expect(await response.json()).toEqual({ state: 'RUNNING', activities: 2 });
});

test('the answer is the current state: a draining worker is no longer healthy', async () => {
  const now = { status: status() };
  const { port } = await serve(now);
  now.status = status({ runState: 'DRAINING', workflowPollerState: 'SHUTDOWN' });
  const response = await fetch(`http://127.0.0.1:${port}/healthz`);
  expect(response.status).toBe(503);
  expect(await response.json()).toEqual({ state: 'DRAINING', activities: 2 });
});

test.each<Partial<Status>>([
  { runState: 'INITIALIZED' },
  { runState: 'STOPPED' },
  { runState: 'FAILED' },
  { workflowPollerState: 'FAILED' },
  { activityPollerState: 'SHUTDOWN' },
])('a worker with %j accepts no work', (changes) => {
  expect(isHealthy(status(changes))).toBe(false);
});

test('every other path is answered 404', async () => {
  const { port } = await serve({ status: status() });
  expect((await fetch(`http://127.0.0.1:${port}/`)).status).toBe(404);
});

test('a port that is in use is reported, with the setting', async () => {
  const { port } = await serve({ status: status() });
  await expect(startHealthServer(port, status)).rejects.toThrow(
    new RegExp(
      `^The health check cannot listen on port ${port} .*Set ACTITO_SYNC_HEALTH_PORT to another port\\.$`,
    ),
  );
});

test.each(['0', '65536', '80.5', 'http', '-1'])('"%s" is not a valid port for the health check', (port) => {
  expect(() => healthPort({ ACTITO_SYNC_HEALTH_PORT: port })).toThrow(
    'ACTITO_SYNC_HEALTH_PORT must be a port number from 1 to 65535, or unset.',
  );
});

test('without a port there is no health check', () => {
  expect(healthPort({})).toBeUndefined();
  expect(healthPort({ ACTITO_SYNC_HEALTH_PORT: '' })).toBeUndefined();
  expect(healthPort({ ACTITO_SYNC_HEALTH_PORT: '8080' })).toBe(8080);
});
