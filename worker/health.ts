import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { WorkerStatus } from '@temporalio/worker';
import { Failure } from '../contract/failure.ts';
import { codeOf } from '../contract/foreign.ts';

/** The path that says how the worker is. */
export const HEALTH_PATH = '/healthz';

type Status = Pick<
  WorkerStatus,
  'runState' | 'workflowPollerState' | 'activityPollerState' | 'numInFlightActivities'
>;

/**
 * Does the worker take work? It does not tell whether Temporal, a database or Actito answer: their outages are waited
 * for, and a restart, which is what an orchestrator does to the unhealthy, would not end them.
 */
export function isHealthy(status: Status): boolean {
  return (
    status.runState === 'RUNNING' &&
    status.workflowPollerState === 'POLLING' &&
    status.activityPollerState === 'POLLING'
  );
}

const WAITING = { runState: 'WAITING_FOR_TEMPORAL', numInFlightActivities: 0 };

/**
 * Answers `GET /healthz` with 200 while the worker takes work and 503 while it does not (draining, stopped), and says
 * its state as JSON. A worker whose JavaScript hangs does not answer at all: ask with a time-out.
 * @param port 0 takes a free one
 * @param status undefined: the worker is being started again, since Temporal refused what it asked. Temporal's outages are waited for
 * @throws Failure ConfigurationInvalid, which names the setting, when the port is taken
 */
export async function startHealthServer(
  port: number,
  status: () => Status | undefined,
): Promise<{ port: number; stop(): Promise<void> }> {
  const server = createServer((request, response) => {
    if (request.url !== HEALTH_PATH) return response.writeHead(404).end();
    const now = status();
    const isWell = now === undefined || isHealthy(now);
    response.writeHead(isWell ? 200 : 503, { 'Content-Type': 'application/json' });
    const { runState: state, numInFlightActivities: activities } = now ?? WAITING;
    response.end(`${JSON.stringify({ state, activities })}\n`);
  });
  const listening = once(server, 'listening').catch((cause: Error) => {
    throw new Failure('healthPortTaken', { port, why: codeOf(cause) });
  });
  server.listen(port);
  await listening;
  return {
    port: (server.address() as AddressInfo).port,
    stop: async () => {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

/**
 * The port of the health check; undefined: there is none.
 * @throws Failure ConfigurationInvalid, which says what the variable must hold
 */
export function healthPort(env: NodeJS.ProcessEnv): number | undefined {
  const text = env.ACTITO_SYNC_HEALTH_PORT;
  if (!text) return undefined;
  const port = Number(text);
  if (Number.isInteger(port) && port >= 1 && port <= 65535) return port;
  throw new Failure('healthPortUnusable', {});
}
