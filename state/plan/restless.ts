import type { Knex } from 'knex';
import type { Told } from '../../contract/messages/message.ts';
import { tell } from '../../contract/messages/tell.ts';
import { isConfirmedSql } from '../delta/resolve.ts';
import { membersTable } from '../names.ts';
import type { Run } from '../runs/runs.ts';
import { rows } from '../state.ts';

/** So large a share of the members is nearly everybody. */
const NEARLY_ALL = 0.9;
/** Fewer members may well change together. */
const LEAST_MEMBERS = 10;

/**
 * Attributes whose value differs for nearly everybody from what Actito confirmed: perhaps their column holds something
 * that differs whenever it is read. Members are looked at only when so many rows have changed.
 * @param changed members whose attributes differ; 0 when the mapping does
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
