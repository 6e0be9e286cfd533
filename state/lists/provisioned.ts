import { Failure } from '../../contract/failure.ts';
import { createHash } from 'node:crypto';
import type { Knex } from 'knex';
import type { Definition } from '../../activation/definition/definition.ts';
import type { ActitoType } from '../../activation/values/kinds.ts';
import { fenced, type Fence } from '../runs/lease.ts';
import { rows, type State } from '../state.ts';

/** What was found or created in Actito for an activation. */
export interface Provisioned {
  /** Identifies the definition for which it was provisioned. */
  key: string;
  tableId: string;
  /** Undefined if the list was created in Actito: then it cannot be read. */
  listId?: string;
  /** The mapped attributes in the mapping's order. */
  attributes: { name: string; type: ActitoType; maxLength?: number; minLength?: number }[];
  /** A gateway answered instead of Actito when the ETL was read, so the next run reads it again. */
  asksEtlAgain?: true;
}

/** Changes if Actito must be checked again: another mapping, list, table or license. */
export function provisionKey({ activation, destination }: Definition): string {
  const { id, description, matchingKey, attributes, importMode, list } = activation;
  return createHash('sha256')
    .update(JSON.stringify([id, description, matchingKey, attributes, importMode, list, destination]))
    .digest('hex');
}

/** Returns what is known to exist in Actito for this definition, or undefined if it must be checked. */
export async function readProvisioned(db: Knex, definition: Definition): Promise<Provisioned | undefined> {
  const [row] = await rows<{ provisioned: Provisioned | null }>(
    db,
    'select provisioned from activations where id = ?',
    [definition.activation.id],
  );
  return row?.provisioned?.key === provisionKey(definition) ? row.provisioned : undefined;
}

/** The same for the steps after provisioning. */
export async function requireProvisioned(db: Knex, definition: Definition): Promise<Provisioned> {
  const provisioned = await readProvisioned(db, definition);
  if (!provisioned) throw new Failure('notProvisioned', { activation: definition.activation.id });
  return provisioned;
}

/** Records that Actito no longer has what was found there, so the next run checks again. */
export async function lookAgain(state: State, fence: Fence): Promise<void> {
  await fenced(state, fence, (trx) =>
    trx.raw('update runs set looks_again = true where no = ?', [fence.run]),
  );
}

/** Stores what exists in Actito. */
export async function saveProvisioned(
  state: State,
  fence: Fence,
  activation: string,
  provisioned: Provisioned,
): Promise<void> {
  const write = (trx: Knex) =>
    trx.raw('update activations set provisioned = :provisioned where id = :activation', {
      activation,
      provisioned: JSON.stringify(provisioned),
    });
  await fenced(state, fence, write, { lock: 'no key update' });
}
