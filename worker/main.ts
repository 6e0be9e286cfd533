import { setTimeout as sleep } from 'node:timers/promises';
import { NativeConnection, type NativeConnectionOptions, type Worker } from '@temporalio/worker';
import { withoutFinalBreak } from '../activation/definition/safe-text.ts';
import { defectOf, Failure, isFailure, tellable } from '../contract/failure.ts';
import { codeOf } from '../contract/foreign.ts';
import { temporalFailure } from '../contract/grpc.ts';
import { STATE_VARIABLE } from '../contract/names.ts';
import { tell } from '../contract/messages/tell.ts';
import { projectFolder } from '../config/folder-setting.ts';
import { temporalTlsFailure } from '../config/temporal-tls.ts';
import { temporalSettings } from '../config/temporal-variables.ts';
import { databaseTarget } from '../postgres/url.ts';
import { stateFailure } from '../state/failures.ts';
import { createWorker } from './create-worker.ts';
import { collectGarbage } from './garbage.ts';
import { healthPort, startHealthServer } from './health.ts';
import { keepWorking, type Working } from './keep-working.ts';
import { installLogging } from './logging.ts';

/** Milliseconds for closing connections. A connection with a running statement would only close when that ends. */
const CLOSING = 3_000;

/** Before the worker accepts work, there is nothing to drain: the next start repeats everything. */
let shutdown: () => void = () => process.exit(0);
// The first process of a container ignores signals without a listener.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => shutdown());

/** Hosts workflows and activities until SIGINT or SIGTERM. Settings come from the environment: docs/operations.md. */
async function main(): Promise<void> {
  const log = installLogging(process.env.LOG_LEVEL ?? 'info');
  const stateUrl = stateUrlOf(process.env);
  const folder = projectFolder(process.env);
  const port = healthPort(process.env);
  const { connectionOptions, namespace = 'default' } = temporalSettings(process.env);
  const settings = { namespace, stateUrl, projectFolder: folder, env: process.env };
  let worker: Worker | undefined;
  let isTold = false;
  let health: Awaited<ReturnType<typeof startHealthServer>> | undefined;

  const start = async (): Promise<Working> => {
    const connection = await connectTemporal(connectionOptions);
    const created = await createWorker({ ...settings, connection }).catch(async (error: unknown) => {
      await connection.close();
      throw error;
    });
    worker = created.worker;
    if (port) health ??= await startHealthServer(port, () => worker?.getStatus());
    shutdown = () => {
      isTold = true;
      // A repeated signal does not interrupt the draining.
      if (worker?.getState() === 'RUNNING') worker.shutdown();
    };
    return {
      run: async () => {
        const running = created.worker.run();
        log.info({ namespace, projectFolder: folder }, 'worker is ready');
        await running;
      },
      hasFailed: () => created.worker.getState() === 'FAILED',
      close: async () => {
        worker = undefined;
        await Promise.race([Promise.all([connection.close(), created.close()]), sleep(CLOSING)]);
      },
    };
  };
  const onInterruption = (error: unknown, pause: number) => {
    const why = tellable(isFailure(error) ? error : (temporalFailure(error) ?? error));
    log.warn(tell('workerInterrupted', { why, seconds: pause / 1_000 }).message);
  };
  collectGarbage();
  // A worker that failed for another reason may still use everything, so nothing is closed before the process ends.
  await keepWorking({ start, onInterruption, isTold: () => isTold }).catch((error: unknown) => {
    throw isTold ? new Failure('stoppedTooLate', {}) : error; // Temporal's own error says that the worker is still in use
  });
  await Promise.race([health?.stop(), sleep(CLOSING)]);
}

/** @throws Failure ConfigurationInvalid, which does not quote the URL */
function stateUrlOf(env: NodeJS.ProcessEnv): string {
  const url = withoutFinalBreak(env[STATE_VARIABLE] ?? '');
  if (url === '') throw new Failure('workerUrlMissing', {});
  databaseTarget(url, STATE_VARIABLE); // rejected before it connects to anything
  return url;
}

/**
 * @throws Failure TemporalUnavailable, which names the address, if no server answers there; ConfigurationInvalid for
 *   TLS
 */
async function connectTemporal(options: NativeConnectionOptions): Promise<NativeConnection> {
  try {
    return await NativeConnection.connect(options);
  } catch (cause) {
    const tls = await temporalTlsFailure(options);
    if (tls) throw tls;
    const address = options.address ?? 'localhost:7233';
    throw new Failure('temporalSilent', { address: withoutUser(address), why: codeOf(cause), worker: true });
  }
}

/** Removes a user from an address. An address has none, but may have been given one with a password. */
function withoutUser(address: string): string {
  return address.slice(address.lastIndexOf('@') + 1);
}

/** Reports the error in our own words, because Node would print everything that it contains. */
function endWith(error: unknown): never {
  const known = isFailure(error) ? error : (stateFailure(error) ?? temporalFailure(error) ?? defectOf(error));
  console.error(tell('workerEnded', { why: known.message }).message);
  process.exit(1);
}
process.on('uncaughtException', endWith); // also for unhandled rejections

// Ends the process explicitly. After a failed start, Temporal's threads would keep it alive, and it would not be
// restarted. Also, a process that ends by itself removes its signal handlers shortly before, and a second SIGTERM in
// that moment would make a clean end look like a killed one.
main().then(
  () => process.exit(0),
  (error: Error) => {
    endWith(error);
  },
);
