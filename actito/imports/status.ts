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
type StatusReading = Pick<ContractSettings, 'statusField' | 'statusNames'>;

/** Reads the status of an import. @throws Failure Actito… */
export async function readImport(
  client: ActitoClient,
  { entity, execution }: { entity: string; execution: string },
  reading: StatusReading,
): Promise<ImportState> {
  const body = await client.call({ route: 'execution', parts: { entity, execution } }, executionBody);
  const found = statusIn(body, reading);
  if (found === undefined) {
    throw new Failure('executionWithoutStatus', { wanted: fieldsOf(reading), seen: fieldNames(body) });
  }
  const { message } = body;
  const { text, state, code } = found;
  return {
    state: state ?? 'running',
    status: code,
    known: state !== undefined,
    words: message ? `${text}: ${message}` : text,
  };
}

/** The status in Actito's description of an import. */
interface FoundStatus {
  /** The name of its field. */
  field: string;
  /** Actito's own status, which may be any text. */
  text: string;
  /** The same, if it is a code. */
  code: string | null;
  /** Its meaning; undefined: the contract does not know it. */
  state?: ImportState['state'];
}

/**
 * Finds the status in an answer; undefined if no field has a text. If both fields have one, `executionStatus` decides, even
 * if its meaning is unknown: `status` may be that of the call, and a value must not be confirmed before its import has ended.
 */
export function statusIn(body: Record<string, unknown>, reading: StatusReading): FoundStatus | undefined {
  const states = new Map(Object.entries({ ...STATUS_NAMES, ...reading.statusNames }));
  for (const field of fieldsOf(reading)) {
    const text = body[field];
    if (typeof text !== 'string') continue;
    return { field, text, state: states.get(text), code: text.length <= 40 && CODE.test(text) ? text : null };
  }
  return undefined;
}

function fieldsOf({ statusField }: StatusReading): string[] {
  return statusField === undefined ? [...STATUS_FIELDS] : [statusField];
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
