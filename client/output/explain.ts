import type { Explanation } from '../explain/explain.ts';
import { oneLine } from '../../contract/clean.ts';
import { minute } from './moments.ts';

/** Where a key stands for people, line by line. */
export function describeKey({ activation, key, storedAs, because, rejects }: Explanation): string[] {
  const spelt = storedAs === null || storedAs === key ? '' : `, stored as ${oneLine(storedAs)}`;
  return [
    `${oneLine(key)} in ${activation}${spelt}`,
    ...because.map((told) => `  ${told.message}`),
    ...rejects.map(({ stage, reason, attribute, message, firstSeen, lastSeen, times, lastRun }) => {
      const what = attribute === '' ? reason : `${reason} of ${attribute}`;
      const runs =
        times === 1 ? `run ${lastRun}` : `${times} runs since ${minute(firstSeen)}, the last is ${lastRun}`;
      return `  Rejected (${stage}): ${what}, ${minute(lastSeen)}, ${runs}. ${message}`;
    }),
  ];
}
