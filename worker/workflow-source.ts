import { fileURLToPath } from 'node:url';

/** Where the bundler finds the workflows, and what stands between them and their history. */
export function workflowSource(): { workflowsPath: string; workflowInterceptorModules: string[] } {
  return {
    workflowsPath: pathTo('../workflows/index.ts'),
    workflowInterceptorModules: [pathTo('../workflows/interceptors.ts')],
  };
}

/** The same in the words of a worker that bundles by itself. */
type Unbundled = { workflowsPath: string; interceptors: { workflowModules: string[] } };

/** What `npm run build` calls the bundle; it lies beside the folders of the build. */
export const WORKFLOW_BUNDLE = 'workflow-bundle.js';

/**
 * The workflows that a worker runs: in a build those that were bundled with it, so that code and workflows are always
 * of one version and no bundler runs at start; from the sources those of the working tree, bundled by the worker.
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
