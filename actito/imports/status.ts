import type { ContractSettings, IMPORT_STATES } from '../../activation/definition/contract.ts';
import type { ActitoClient } from '../api/client.ts';
import { executionBody, executionsBody, STATUS_NAMES } from '../contract.ts';

/** The status of an import. */
export interface ImportState {
  state: (typeof IMPORT_STATES)[number];
  /** Actito's own status, if it is a code; null for any other text, which may name someone. */
  status: string | null;
  /** False if the contract does not know that status. It then counts as still running. */
  known: boolean;
  /** Everything that Actito reports, only for the state. */
  words: string;
}

/** Statuses of the API are codes such as WITH_ERROR. */
const CODE = /^[A-Z]+(_[A-Z]+)*$/;

/** Reads the status of an import. `names`: the meaning of further statuses of this license. */
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
    status: status.length <= 40 && CODE.test(status) ? status : null,
    known: state !== undefined,
    words: message ? `${status}: ${message}` : status,
  };
}

/** Finds the import that was started with a file of this name. Only for contracts with `byFileName`. */
export async function findImport(
  client: ActitoClient,
  { entity, file }: { entity: string; file: string },
): Promise<string | undefined> {
  const { etlExecutions } = await client.call(
    { route: 'executionsByFile', parts: { entity, file } },
    executionsBody,
  );
  // A license that ignores the filter would return all imports.
  return etlExecutions.find(({ dataFile }) => dataFile === file)?.id;
}
