import type { Definition } from '../../activation/definition/definition.ts';
import { Failure } from '../../contract/failure.ts';
import type { Column } from '../../activation/values/kinds.ts';
import type { ActitoClient } from '../api/client.ts';
import { addAttribute, createdBody, type ProfileTable } from '../contract.ts';
import { checkStructure } from './check.ts';
import { findAttribute, readProfileTable, type TargetAttribute } from './table.ts';

/**
 * Makes sure that every mapped attribute exists, and creates those whose mapping has `create`. Nothing is ever changed
 * or deleted. An attribute that exists already is a success; one of another type is a conflict.
 * @returns the mapped attributes in the mapping's order, and the names of those created
 */
export async function provisionAttributes(
  client: ActitoClient,
  entity: string,
  table: ProfileTable,
  { columns, ...definition }: Pick<Definition, 'activation' | 'destination'> & { columns: readonly Column[] },
): Promise<{ attributes: TargetAttribute[]; created: string[] }> {
  // All are checked before any is created, because an attribute cannot be deleted.
  const { activation } = definition;
  const planned = checkStructure(table, definition, columns);
  const missing = activation.attributes.filter(({ attribute }) => !findAttribute(table, attribute));
  if (missing.length === 0) return { attributes: planned, created: [] };
  for (const { attribute, create } of missing) {
    const maxLength = create!.type === 'STRING' ? (create!.maxLength ?? 255) : undefined;
    const json = addAttribute(attribute, create!.type, maxLength);
    await client
      .call(
        { method: 'POST', route: 'changeRequests', parts: { entity, table: table.id }, json },
        createdBody,
      )
      .catch(async (error: unknown) => {
        // Another activation, or an earlier attempt whose answer was lost, may have created it.
        const now = await readProfileTable(client, entity, table.id);
        if (!findAttribute(now, attribute)) throw error;
      });
  }
  const now = await readProfileTable(client, entity, table.id);
  for (const { attribute } of missing) {
    if (!findAttribute(now, attribute)) throw new Failure('attributeNotShown', { attribute });
  }
  const attributes = checkStructure(now, definition, columns);
  return { attributes, created: missing.map(({ attribute }) => attribute) };
}
