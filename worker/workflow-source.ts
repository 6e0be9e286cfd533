import { fileURLToPath } from 'node:url';

/** Where the bundler finds the workflows. */
export function workflowSource(): { workflowsPath: string } {
  return { workflowsPath: pathTo('../workflows/index.ts') };
}

/** What `npm run build` calls the bundle; it lies beside the folders of the build. */
export const WORKFLOW_BUNDLE = 'workflow-bundle.js';

/**
 * The workflows that a worker runs: in a build those that were bundled with it, so that code and workflows are always
 * of one version and no bundler runs at start; from the sources those of the working tree, bundled by the worker.
 */
export function workflowsToRun(): { workflowsPath: string } | { workflowBundle: { codePath: string } } {
  const isBuild = import.meta.url.endsWith('.js');
  return isBuild ? { workflowBundle: { codePath: pathTo(`../${WORKFLOW_BUNDLE}`) } } : workflowSource();
}

function pathTo(file: string): string {
  return fileURLToPath(new URL(file, import.meta.url));
}
