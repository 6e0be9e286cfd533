import { loadClientConnectConfig } from '@temporalio/envconfig';
import { NativeConnection } from '@temporalio/worker';
import { projectFolder } from '../config/folder-setting.ts';
import { createWorker } from './create-worker.ts';
import { installLogging } from './logging.ts';

/** Hosts workflows and activities until SIGINT or SIGTERM. Settings come from the environment; see the README. */
async function main(): Promise<void> {
  const log = installLogging(process.env.LOG_LEVEL ?? 'info');
  const stateUrl = process.env.ACTITO_SYNC_DATABASE_URL;
  if (!stateUrl) {
    throw new Error('ACTITO_SYNC_DATABASE_URL is not set: the URL of the PostgreSQL that keeps the state.');
  }
  const folder = projectFolder(process.env);
  const config = loadClientConnectConfig();
  const connection = await NativeConnection.connect(config.connectionOptions);
  const namespace = config.namespace ?? 'default';
  const { worker, close } = await createWorker({
    connection,
    namespace,
    stateUrl,
    projectFolder: folder,
    env: process.env,
  });
  const shutdown = () => worker.getState() === 'RUNNING' && worker.shutdown();
  process.once('SIGINT', shutdown).once('SIGTERM', shutdown);
  log.info({ namespace, projectFolder: folder }, 'worker is ready');
  try {
    await worker.run();
  } finally {
    await connection.close();
    await close();
  }
}

main().catch((error: Error) => {
  console.error(`The worker ended: ${error.message}`);
  process.exitCode = 1;
});
