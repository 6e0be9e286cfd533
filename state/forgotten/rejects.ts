import type { Knex } from 'knex';
import { readRun } from '../runs/runs.ts';
import { forgottenAmong, isAnyoneForgotten } from './digests.ts';

/** Leaves out the rejects that name someone who asked to be forgotten: stored ones say the key as the source does. */
export async function withoutForgotten<R extends { key: string }>(
  trx: Knex,
  run: string,
  rejects: R[],
): Promise<R[]> {
  if (!(await isAnyoneForgotten(trx))) return rejects;
  const { definition } = await readRun(trx, run);
  const texts = rejects.map(({ key }) => key);
  const forgotten = await forgottenAmong(trx, texts, definition.activation.matchingKey.country);
  return rejects.filter(({ key }) => !forgotten.has(key));
}
