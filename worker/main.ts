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

/** Milliseconds for closing connections. One with a statement that was left to itself would close when that ends. */
const CLOSING = 3_000;

/** Until work is taken there is nothing to drain: whatever a start does, the next one does again. */
let shutdown: () => void = () => process.exit(0);
// As the first process of a container we would not even notice a signal that nobody listens to.
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
      // Asked again, by an impatient orchestrator or finger, it goes on draining.
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
  // Of a worker that failed for another reason nothing is closed, as all may still be in use: the process ends with it.
  await keepWorking({ start, onInterruption, isTold: () => isTold }).catch((error: unknown) => {
    throw isTold ? new Failure('stoppedTooLate', {}) : error; // Temporal's own says that the worker is still in use
  });
  await Promise.race([health?.stop(), sleep(CLOSING)]);
}

/** @throws Failure ConfigurationInvalid, which does not quote it */
function stateUrlOf(env: NodeJS.ProcessEnv): string {
  const url = withoutFinalBreak(env[STATE_VARIABLE] ?? '');
  if (url === '') throw new Failure('workerUrlMissing', {});
  databaseTarget(url, STATE_VARIABLE); // refused before anything is connected to
  return url;
}

/** @throws Failure TemporalUnavailable, which names the address, when no server answers there; ConfigurationInvalid for TLS */
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

/** An address has no user; one that was given all the same may be with a password. */
function withoutUser(address: string): string {
  return address.slice(address.lastIndexOf('@') + 1);
}

/** Says why in words of ours, as Node itself would print the error with all that it says. */
function endWith(error: unknown): never {
  const known = isFailure(error) ? error : (stateFailure(error) ?? temporalFailure(error) ?? defectOf(error));
  console.error(tell('workerEnded', { why: known.message }).message);
  process.exit(1);
}
process.on('uncaughtException', endWith); // unhandled rejections, too

// Ends the process by hand. After a failed start Temporal's threads would keep it alive, and only what has ended is
// started again. And a process that ends by itself takes down its signal handlers a moment before it is gone: a
// second SIGTERM in that moment would make a clean end look like a killed one.
main().then(
  () => process.exit(0),
  (error: Error) => {
    endWith(error);
  },
);
