import type { TemporalServer } from '../../dev/temporal.ts';
import type { Simulator } from '../../simulator/start.ts';
import { TASK_QUEUE, workflowId, WORKFLOW_TYPE } from '../../workflows/contract.ts';

/** What to look at and to try while the demo stays up, line by line; the commands work as printed. */
export function whatToTry(activation: string, temporal: TemporalServer, actito: Simulator): string[] {
  const { address, uiUrl, cliPath = 'temporal' } = temporal;
  const input = JSON.stringify({ activation });
  const start = [
    `${cliPath} workflow start --address ${address} --type ${WORKFLOW_TYPE} --task-queue ${TASK_QUEUE}`,
    `--workflow-id ${workflowId({ activation, dryRun: false })} --input '${input}'`,
  ];
  return [
    ...(uiUrl ? [`Temporal's web UI:    ${uiUrl}`] : [`Temporal's server:    ${address}`]),
    `What a marketer sees: ${actito.apiUrl}/`,
    '',
    'Start a run, from this folder in another terminal:',
    `  TEMPORAL_ADDRESS=${address} npm run activation -- run ${activation}`,
    'or by the bare Temporal CLI:',
    `  ${start.join(' ')}`,
    '',
    'Ctrl-C ends everything.',
  ];
}
