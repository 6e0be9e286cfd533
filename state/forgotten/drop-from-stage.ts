import type { Client } from 'pg';
import { forgottenSql } from './digests.ts';

/**
 * Takes out of a stage whose key, or list identifier, belongs to someone who asked to be forgotten. In the transaction that
 * filled it: no other ever sees them. As long as nobody was forgotten, no row is looked at.
 * @returns how many rows it took out
 */
export async function dropForgotten(client: Client, stage: string): Promise<number> {
  const { rowCount: any } = await client.query('select from forgotten_digests limit 1');
  if (any === 0) return 0;
  await client.query(`set local work_mem = '64MB'`); // the digests are to fit into one hash table
  const { rowCount } = await client.query(
    `delete from ${stage} where ${forgottenSql('key')}
       or (identifier is not null and ${forgottenSql('identifier')})`,
  );
  return rowCount ?? 0;
}
