import type { ContractSettings, IMPORT_STATES } from '../../activation/definition/contract.ts';
import type { ActitoClient } from '../api/client.ts';
import { executionBody, executionsBody, STATUS_NAMES } from '../contract.ts';

/** How an import stands. */
export interface ImportState {
  state: (typeof IMPORT_STATES)[number];
  /** Actito's own word, when it is a code; null: it is another text, which may name someone. */
  status: string | null;
  /** False: the contract does not know that word, and takes it as "still running". */
  known: boolean;
  /** All that Actito says, for the state alone. */
  words: string;
}

/** Words of the API are codes such as WITH_ERROR. */
const CODE = /^[A-Z]+(_[A-Z]+)*$/;

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
    status: status.length <= 40 && CODE.test(status) ? status : null,
    known: state !== undefined,
    words: message ? `${status}: ${message}` : status,
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
