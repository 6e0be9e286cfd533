import type { ContractSettings, IMPORT_STATES } from '../../activation/definition/contract.ts';
import type { ActitoClient } from '../api/client.ts';
import { fieldNames } from '../../contract/field-names.ts';
import { Failure } from '../../contract/failure.ts';
import { executionBody, executionsBody, STATUS_FIELDS, STATUS_NAMES } from '../contract.ts';

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

/** How the status of an import is read. */
export type StatusReading = Pick<ContractSettings, 'statusField' | 'statusNames'>;

/** Reads the status of an import. @throws Failure Actito… */
export async function readImport(
  client: ActitoClient,
  { entity, execution }: { entity: string; execution: string },
  { statusField, statusNames }: StatusReading,
): Promise<ImportState> {
  const body = await client.call({ route: 'execution', parts: { entity, execution } }, executionBody);
  const states = new Map(Object.entries({ ...STATUS_NAMES, ...statusNames }));
  const wanted = statusField === undefined ? STATUS_FIELDS : [statusField];
  const said = wanted.map((field) => body[field]).filter((value) => typeof value === 'string');
  // If both fields exist, one may be the status of something else, which has other names.
  const status = said.find((value) => states.has(value)) ?? said[0];
  if (status === undefined) {
    throw new Failure('executionWithoutStatus', { wanted: [...wanted], seen: fieldNames(body) });
  }
  const { message } = body;
  const state = states.get(status);
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
