import type { TemporalServer } from '../../dev/temporal.ts';
import type { Simulator } from '../../simulator/start.ts';
import { TASK_QUEUE, workflowId, WORKFLOW_TYPE } from '../../contract/names.ts';
import { PROJECT_FOLDER } from './stack.ts';

/** The addresses of the demo's servers. */
export interface Sights {
  temporal: TemporalServer;
  actito: Simulator;
  stateUrl: string;
  /** The warehouse. */
  shopUrl: string;
}

/** Addresses to open and commands to try while the demo keeps running, line by line. The commands work as printed. */
export function whatToTry(activation: string, { temporal, actito, stateUrl, shopUrl }: Sights): string[] {
  const { address, uiUrl, cliPath = 'temporal' } = temporal;
  const input = JSON.stringify({ activation });
  const start = [
    `${cliPath} workflow start --address ${address} --type ${WORKFLOW_TYPE} --task-queue ${TASK_QUEUE}`,
    `--workflow-id ${workflowId({ activation })} --input '${input}'`,
  ];
  return [
    ...(uiUrl ? [`Temporal's web UI:    ${uiUrl}`] : [`Temporal's server:    ${address}`]),
    `What a marketer sees: ${actito.apiUrl}/`,
    `The warehouse:        ${shopUrl}`,
    '',
    `In another terminal, from ${process.cwd()}:`,
    `  export TEMPORAL_ADDRESS=${address} ACTITO_SYNC_PROJECT=${PROJECT_FOLDER} ACTITO_SYNC_DATABASE_URL=${stateUrl}`,
    `  npx actito-sync run ${activation}`,
    '  npx actito-sync status',
    '  npx actito-sync doctor',
    '  npx actito-sync --help',
    'You can also start a run with the Temporal CLI:',
    `  ${start.join(' ')}`,
    '',
    'Press Ctrl-C to stop everything.',
  ];
}
