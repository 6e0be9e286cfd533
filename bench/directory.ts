import { writeFileSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import { Resources } from '../dev/resources.ts';
import { build } from './commands.ts';
import { measureLoads, type MeasuredLoad } from './directory/loads.ts';
import { FOLDER, measurePairs, type MeasuredPair } from './directory/runs.ts';
import { describeLoads, describePairs } from './directory/table.ts';
import { startStand } from './segment/stand.ts';

/** What `npm run bench -- directory` is asked for. */
interface DirectoryOptions {
  members: number[];
  rounds: number;
  /** File for the lines of JSON; default: stdout. */
  json?: string;
}

/**
 * The profile directory: exports into it, from a local file, and runs with it next to runs of the same segment without
 * it. One line of JSON for each, and tables of medians at the end.
 */
export async function benchDirectory({ members: sizes, rounds, json }: DirectoryOptions): Promise<void> {
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));
  build();
  if (json) writeFileSync(json, '');
  const record = (line: object) => {
    const text = `${JSON.stringify(line)}\n`;
    if (json) writeFileSync(json, text, { flag: 'a' });
    else process.stdout.write(text);
  };
  record({ cores: cpus().length, cpu: cpus()[0]?.model, node: process.version, load: loadavg()[0] });
  for (const members of sizes) {
    const resources = new Resources();
    const [loads, pairs]: [MeasuredLoad[], MeasuredPair[]] = [[], []];
    try {
      const options = { members, churns: 2 * rounds, simulator: false, exports: FOLDER };
      const stand = await startStand(resources, options);
      await measureLoads(stand, rounds, (load) => {
        loads.push(load);
        record({ members, load: load.kind, ...load, kind: 'load' });
      });
      await measurePairs(stand, members, rounds, (pair) => {
        pairs.push(pair);
        record({ run: pair.kind, ...pair, kind: 'pair' });
      });
    } finally {
      await resources.end();
    }
    console.log(`\n${members.toLocaleString('en-US')} members × 6 columns\n${describeLoads(loads)}`);
    console.log(describePairs(pairs));
  }
  process.exit(); // Temporal's client keeps handles open
}
