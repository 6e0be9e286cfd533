import { withSnapshot } from '../report/snapshot.ts';
import type { State } from '../state.ts';
import { forgottenAmong } from './digests.ts';
import { PLACES } from './places.ts';

/** The person's record, and the activation. */
export interface Whose {
  record: string;
  activation: string;
}

/**
 * Finds the texts with which the source named a record's person, also unusable keys, in all tables with keys in the
 * source's spelling. Searches in batches before the lease is taken, because there may be many. No run adds one after
 * the record exists.
 * @param countries the countries whose phone numbers may be written without a country code
 */
export async function sourceSpellings(
  state: State,
  { record, activation }: Whose,
  countries: readonly string[],
  signal: AbortSignal,
): Promise<string[]> {
  const found = new Set<string>();
  await withSnapshot(state, async (snapshot) => {
    for (const { table, key, scope } of PLACES.filter(({ spelt }) => spelt === 'source')) {
      const distinct = `select distinct ${key} as text from ${table} where ${scope('$1')}`;
      for await (const batch of snapshot.batches<{ text: string }>(distinct, [activation])) {
        signal.throwIfAborted();
        const texts = batch.map(({ text }) => text);
        for (const text of await forgottenAmong(state, texts, countries, record)) found.add(text);
      }
    }
  });
  return [...found];
}
