import { fileURLToPath } from 'node:url';

/** Where the bundler finds the workflows. */
export function workflowSource(): { workflowsPath: string } {
  return { workflowsPath: fileURLToPath(new URL('../workflows/index.ts', import.meta.url)) };
}
