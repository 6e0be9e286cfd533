import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { WorkerStatus } from '@temporalio/worker';
import { Failure } from '../contract/failure.ts';
import { codeOf } from '../contract/foreign.ts';

/** The path of the worker's health check. */
export const HEALTH_PATH = '/healthz';

type Status = Pick<
  WorkerStatus,
  'runState' | 'workflowPollerState' | 'activityPollerState' | 'numInFlightActivities'
>;

/**
 * Whether the worker accepts work. Does not check whether Temporal, a database or Actito respond: the worker waits
 * during their outages, and the restart of an unhealthy container would not end them.
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
 * Answers `GET /healthz` with 200 while the worker accepts work and with 503 while it does not (draining, stopped), and
 * returns its state as JSON. A worker whose JavaScript hangs does not answer at all, so use a timeout.
 * @param port 0 for a free one
 * @param status undefined while the worker is restarted because Temporal refused a call. It waits during outages of
 *   Temporal
 * @throws Failure ConfigurationInvalid, which names the setting, if the port is in use
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
 * Returns the port of the health check; undefined for none.
 * @throws Failure ConfigurationInvalid, which says what the variable must contain
 */
export function healthPort(env: NodeJS.ProcessEnv): number | undefined {
  const text = env.ACTITO_SYNC_HEALTH_PORT;
  if (!text) return undefined;
  const port = Number(text);
  if (Number.isInteger(port) && port >= 1 && port <= 65535) return port;
  throw new Failure('healthPortUnusable', {});
}
