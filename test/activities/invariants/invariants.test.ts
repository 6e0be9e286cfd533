import { describe } from 'vitest';
import { describeInvariants } from './property.ts';
import { WAYS, type Way } from './ways.ts';

/** The default way is tried most often; the others share nearly all of its code. */
const RUNS = { usual: 13, other: 5, directory: 3 };

describe.each(Object.entries(WAYS) as [string, Way][])('%s', (name, way) => {
  describeInvariants(way, runsOf(name));
});

function runsOf(name: string): number {
  if (name.startsWith('e-mail, SFTP')) return RUNS.usual;
  // The histories of test/state/directories try it more often.
  return name.includes('profile directory') ? RUNS.directory : RUNS.other;
}
