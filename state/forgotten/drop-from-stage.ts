import { forgottenSql } from './digests.ts';

/** A query in the transaction that fills the stage, of knex or of pg. */
type Query = (sql: string) => PromiseLike<{ rowCount: number | null }>;

/**
 * Takes out of a stage whose key, or list identifier, belongs to someone who asked to be forgotten. In the transaction that
 * filled it: no other ever sees them. As long as nobody was forgotten, no row is looked at.
 * @returns how many rows it took out
 */
export async function dropForgotten(query: Query, stage: string): Promise<number> {
  const { rowCount: any } = await query('select from forgotten_digests limit 1');
  if (any === 0) return 0;
  await query(`set local work_mem = '64MB'`); // the digests are to fit into one hash table
  const { rowCount } = await query(
    `delete from ${stage} where ${forgottenSql('key')}
       or (identifier is not null and ${forgottenSql('identifier')})`,
  );
  return rowCount ?? 0;
}
