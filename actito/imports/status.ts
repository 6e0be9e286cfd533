import type { ContractSettings, IMPORT_STATES } from '../../activation/definition/contract.ts';
import type { ActitoClient } from '../api/client.ts';
import { printable, printableAboutRows } from '../api/failures.ts';
import { executionBody, executionsBody, STATUS_NAMES } from '../contract.ts';

/** How an import stands. */
export interface ImportState {
  state: (typeof IMPORT_STATES)[number];
  /** Actito's own word. */
  status: string;
  /** False: the contract does not know that word, and takes it as "still running". */
  known: boolean;
  message?: string;
}

/** Asks how an import stands. `names`: what further words of this licence mean. */
export async function readImport(
  client: ActitoClient,
  { entity, execution }: { entity: string; execution: string },
  names: ContractSettings['statusNames'],
): Promise<ImportState> {
  const { status, message } = await client.call(
    { route: 'execution', parts: { entity, execution } },
    executionBody,
  );
  const state = new Map(Object.entries({ ...STATUS_NAMES, ...names })).get(status);
  return {
    state: state ?? 'running',
    status: printable(status),
    known: state !== undefined,
    message: message ? printableAboutRows(message) : undefined,
  };
}

/** The import that was started with a file of this name, or undefined. Only for contracts that say `byFileName`. */
export async function findImport(
  client: ActitoClient,
  { entity, file }: { entity: string; file: string },
): Promise<string | undefined> {
  const { etlExecutions } = await client.call(
    { route: 'executionsByFile', parts: { entity, file } },
    executionsBody,
  );
  // A licence that ignores the filter would list everyone's imports.
  return etlExecutions.find(({ dataFile }) => dataFile === file)?.id;
}
