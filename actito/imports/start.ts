import { randomUUID } from 'node:crypto';
import type { ContractSettings } from '../../activation/definition/contract.ts';
import type { ActitoClient, Request } from '../api/client.ts';
import { createdBody, importDefinition, PACKED } from '../contract.ts';
import type { Spool } from '../files/spool.ts';

/** An import to start: its target, its format, and its file. */
export interface ImportRequest {
  entity: string;
  /** The definition of the file: sent along with it (one shot), or an ETL in Actito. */
  by: OneShot | { etl: string };
  fileName: string;
  /** The names of the parts of the call. */
  parts: ContractSettings['importParts'];
  file: Spool;
  /** Called when the whole file was sent and the call is not complete yet: the last moment to give up. */
  beforeEnd: () => Promise<void>;
}

export interface OneShot {
  table: string;
  keyAttribute: string;
  columns: string[];
}

/**
 * Starts an import.
 * @returns the execution's id
 * @throws NotFound if Actito has no such ETL, Failure Actito…
 */
export async function startImport(client: ActitoClient, request: ImportRequest): Promise<string> {
  const { entity, by, fileName, file, parts } = request;
  const boundary = `actito-sync-${randomUUID()}`;
  const part = (name: string, type: string, more = '') =>
    `--${boundary}\r\nContent-Disposition: form-data; name="${name}"${more}\r\nContent-Type: ${type}\r\n\r\n`;
  const definition =
    'etl' in by
      ? ''
      : `${part(parts.definition, 'application/json', fileNamed(parts.definitionFile))}${definitionOf(by)}\r\n`;
  const head = definition + part(parts.file, PACKED[file.packing].type, fileNamed(fileName));
  async function* body() {
    yield Buffer.from(head);
    yield* file.read();
    await request.beforeEnd();
    yield Buffer.from(`\r\n--${boundary}--\r\n`);
  }
  const headers = { 'Content-Type': `multipart/form-data; boundary=${boundary}` };
  const to: Pick<Request, 'route' | 'parts'> =
    'etl' in by
      ? { route: 'etlExecutions', parts: { entity, etl: by.etl } }
      : { route: 'executions', parts: { entity } };
  const created = await client.call(
    { method: 'POST', ...to, stream: () => ({ headers, body: body() }) },
    createdBody,
  );
  return created.id;
}

/** D: a one-shot import consists of two files, so both parts have a file name. */
function fileNamed(name: string): string {
  return `; filename="${name}"`;
}

function definitionOf({ table, keyAttribute, columns }: OneShot): string {
  return JSON.stringify(importDefinition(table, keyAttribute, columns));
}
