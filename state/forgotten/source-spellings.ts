import { withSnapshot } from '../report/snapshot.ts';
import type { State } from '../state.ts';
import { forgottenAmong } from './digests.ts';
import { PLACES } from './places.ts';

/** Whom it is about, and where. */
export interface Whose {
  record: string;
  activation: string;
}

/**
 * The texts by which the source named a record's person, usable as a key or not, wherever an activation says keys as the source does. Looked through
 * in batches before the lease is taken, since very many may be stored: no run adds one once the record is there.
 * @param countries whose phone numbers may be written without a code
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
