import { NativeConnection } from '@temporalio/worker';
import { createWorker } from '../../worker/create-worker.ts';
import { installLogging } from '../../worker/logging.ts';

/**
 * The product's worker in a process of its own, on workflows that were bundled before: bundling them anew would be
 * most of the time of tests that kill one worker after the other. `worker/main.ts` itself is tested in its build.
 */
const [codePath, taskQueue] = process.argv.slice(2);
installLogging(process.env.LOG_LEVEL ?? 'error');
const { TEMPORAL_ADDRESS: address, ACTITO_SYNC_DATABASE_URL, ACTITO_SYNC_PROJECT } = process.env;
const { worker } = await createWorker({
  connection: await NativeConnection.connect({ address }),
  namespace: 'default',
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
