import type { Knex } from 'knex';
import { readRun } from '../runs/runs.ts';
import { phoneCountries } from './countries.ts';
import { forgottenAmong, isAnyoneForgotten } from './digests.ts';
import { HOLD_WISHES } from './lock.ts';

/**
 * Leaves out the rows that name someone who asked to be forgotten; they may say the key as the source does. No wish is
 * recorded until the transaction has written the others.
 */
export async function withoutForgotten<R extends { key: string; reference?: string }>(
  trx: Knex,
  run: string,
  rejects: R[],
): Promise<R[]> {
  await trx.raw(HOLD_WISHES);
  if (!(await isAnyoneForgotten(trx))) return rejects;
  const { definition } = await readRun(trx, run);
  const texts = rejects.flatMap(({ key, reference }) => (reference ? [key, reference] : [key]));
  const countries = await phoneCountries(trx, definition.activation.matchingKey.defaultCountry);
  const forgotten = await forgottenAmong(trx, texts, countries);
  return rejects.filter(({ key, reference = key }) => !forgotten.has(key) && !forgotten.has(reference));
}
