import { describe } from 'vitest';
import { describeInvariants } from './property.ts';
import { WAYS, type Way } from './ways.ts';

/** The default way is tried most often; the others share nearly all of its code. */
const RUNS = { usual: 13, other: 5 };

describe.each(Object.entries(WAYS) as [string, Way][])('%s', (name, way) => {
  describeInvariants(way, name.startsWith('e-mail, SFTP') ? RUNS.usual : RUNS.other);
});
