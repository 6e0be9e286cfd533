import { fileURLToPath } from 'node:url';

/** Returns the paths of the workflows and their interceptors for the bundler. */
export function workflowSource(): { workflowsPath: string; workflowInterceptorModules: string[] } {
  return {
    workflowsPath: pathTo('../workflows/index.ts'),
    workflowInterceptorModules: [pathTo('../workflows/interceptors.ts')],
  };
}

/** The same for a worker that bundles by itself. */
type Unbundled = { workflowsPath: string; interceptors: { workflowModules: string[] } };

/** The bundle of `npm run build`, beside the folders of the build. */
export const WORKFLOW_BUNDLE = 'workflow-bundle.js';

/**
 * Returns the workflows for a worker: in a build those bundled with it, so code and workflows always have the same
 * version and no bundler runs at start; from the sources those of the working tree, bundled by the worker.
 */
export function workflowsToRun(): Unbundled | { workflowBundle: { codePath: string } } {
  const isBuild = import.meta.url.endsWith('.js');
  if (isBuild) return { workflowBundle: { codePath: pathTo(`../${WORKFLOW_BUNDLE}`) } };
  const { workflowsPath, workflowInterceptorModules: workflowModules } = workflowSource();
  return { workflowsPath, interceptors: { workflowModules } };
}

function pathTo(file: string): string {
  return fileURLToPath(new URL(file, import.meta.url));
}
