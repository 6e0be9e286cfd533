/**
 * Fetches the official Temporal CLI into the folder given as argument, as `temporal`. A program of its own, because
 * the SDK only downloads as part of starting a server, and that occupies the process's one `Runtime`.
 */
import { readdir, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { DefaultLogger, Runtime } from '@temporalio/worker';
import { TestWorkflowEnvironment } from '@temporalio/testing';

async function run(downloadDir: string): Promise<void> {
  Runtime.install({ logger: new DefaultLogger('ERROR') });
  const environment = await TestWorkflowEnvironment.createLocal({
    server: { executable: { type: 'cached-download', downloadDir } },
  });
  await environment.teardown();
  const [program] = await readdir(downloadDir);
  if (program === undefined) throw new Error('the SDK left no program in its download folder');
  await rename(join(downloadDir, program), join(downloadDir, 'temporal'));
}

run(process.argv[2] ?? '').catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
