import { fileURLToPath } from 'node:url';
import type { ProjectStack } from './stack.ts';

/**
 * Describes the running stack, and the commands to type in another terminal, line by line. The commands work as
 * printed.
 */
export function whatThereIs(stack: ProjectStack): string[] {
  const { temporal, stateUrl, warehouses, sources, simulators, projectName } = stack;
  const others = [...sources].filter(([id]) => !warehouses.some(({ source }) => source === id));
  const projectFolder = stack.project.folder;
  return [
    '',
    `Temporal's web UI:  ${temporal.uiUrl}`,
    ...[...simulators].map(([id, { apiUrl }]) => `Simulated Actito:   ${apiUrl}/  (destination ${id})`),
    ...warehouses.map(
      ({ source, variable, url, own }) =>
        `Warehouse:          ${own ? `${url}  (source ${source}; created by this stack)` : `from ${variable}  (source ${source})`}`,
    ),
    ...others.map(([id, { driver }]) => `Warehouse:          ${driver}, as configured  (source ${id})`),
    '',
    `In another terminal, from ${fileURLToPath(new URL('../..', import.meta.url))}:`,
    `  export TEMPORAL_ADDRESS=${temporal.address} TEMPORAL_NAMESPACE=default`,
    `  export ACTITO_SYNC_PROJECT=${projectFolder} ACTITO_SYNC_PROJECT_NAME='${projectName}'`,
    `  export ACTITO_SYNC_DATABASE_URL=${stateUrl}`,
    '  npx actito-sync doctor',
    '  npx actito-sync status',
    '  npx actito-sync --help',
    '',
    'Changes to activations and sources apply from the next run. After changing a destination or a variable, or adding a',
    'file to the folder itself, restart this command.',
    'Press Ctrl-C to stop everything. Nothing is kept.',
  ];
}
