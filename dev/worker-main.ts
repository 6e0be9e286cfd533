import { NativeConnection } from '@temporalio/worker';
import { temporalSettings } from '../config/temporal-variables.ts';
import { createWorker } from '../worker/create-worker.ts';
import { installLogging } from '../worker/logging.ts';

/*
 * Runs a worker from the sources in a separate process, see worker.ts: node dev/start.js dev/worker-main.ts <bundled
 * workflows> <task queue>. Workers can share a bundle, so that they start faster. Production runs `worker/main.ts`, and
 * the tests of the build cover it.
 */
const [codePath, taskQueue] = process.argv.slice(2);
installLogging(process.env.LOG_LEVEL ?? 'error');
const { ACTITO_SYNC_DATABASE_URL, ACTITO_SYNC_PROJECT } = process.env;
const { connectionOptions, namespace = 'default' } = temporalSettings(process.env);
const { worker } = await createWorker({
  connection: await NativeConnection.connect(connectionOptions),
  namespace,
  stateUrl: ACTITO_SYNC_DATABASE_URL!,
  projectFolder: ACTITO_SYNC_PROJECT!,
  env: process.env,
  taskQueue,
  workflowBundle: { codePath: codePath! },
});
console.log('worker is ready');
process.once('SIGTERM', () => worker.shutdown());
await worker.run();
process.exit(0);
