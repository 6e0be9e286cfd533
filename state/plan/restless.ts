import type { Knex } from 'knex';
import type { Told } from '../../contract/messages/message.ts';
import { tell } from '../../contract/messages/tell.ts';
import { isConfirmedSql } from '../delta/resolve.ts';
import { membersTable } from '../names.ts';
import type { Run } from '../runs/runs.ts';
import { rows } from '../state.ts';

/** A share of members that counts as nearly all. */
const NEARLY_ALL = 0.9;
/** With fewer members, all may change together by chance. */
const LEAST_MEMBERS = 10;

/**
 * Returns the attributes whose value differs from the confirmed one for nearly all members. Their column may have
 * another value at every read. Members are read only if so many rows have changed.
 * @param changed members whose attributes differ; 0 if the mapping changed
 */
export async function restlessAttributes(trx: Knex, run: Run, changed: number): Promise<Told[]> {
  const { members } = run.base;
  if (members < LEAST_MEMBERS || changed < members * NEARLY_ALL || run.task.resends) return [];
  const { attributes } = run.definition.activation;
  const counts = attributes.map((_, i) => `count(*) filter (where not ${isConfirmedSql(i)}) as "${i}"`);
  const [found] = await rows<Record<number, string>>(
    trx,
    `select ${counts.join(', ')} from ${run.delta} d join ${membersTable(run.activation)} m using (mark)
     where d.attributes = 'changed' and d.hashes is not null`,
  );
  const restless = attributes.filter((_, i) => Number(found![i]) >= members * NEARLY_ALL);
  if (restless.length === 0) return [];
  return [
    tell('attributesRestless', { attributes: restless.map(({ attribute }) => attribute), changed, members }),
  ];
}
