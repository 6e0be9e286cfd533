import { writeFileSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import { Resources } from '../dev/resources.ts';
import { build } from './commands.ts';
import { seconds } from './output.ts';
import { measureSize } from './segment/measure.ts';
import { describeGrowth, describeSize, type MeasuredSize } from './segment/table.ts';

/** What `npm run bench -- segment` is asked for. */
export interface SegmentOptions {
  members: number[];
  /** Runs with 1 % churn. */
  rounds: number;
  /** File for the lines of JSON; default: stdout. */
  json?: string;
  simulator: boolean;
  /** False: the rows written are not counted, and the state database has no triggers of the bench. */
  rows: boolean;
}

/**
 * One big segment in several sizes: a first run, runs with 1 % churn and unchanged runs of the built worker, next to the
 * floor and a cron script of the same minutes. One line of JSON for each run, and a table of medians at the end.
 */
export async function benchSegment(options: SegmentOptions): Promise<void> {
  // The programs end with this process, but only if it ends itself.
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));
  build();
  if (options.json) writeFileSync(options.json, '');
  const record = (line: object) => {
    const text = `${JSON.stringify(line)}\n`;
    if (options.json) writeFileSync(options.json, text, { flag: 'a' });
    else process.stdout.write(text);
  };
  const machine = { cores: cpus().length, cpu: cpus()[0]?.model, node: process.version, load: loadavg()[0] };
  record({ kind: 'machine', ...machine });
  const sizes: MeasuredSize[] = [];
  let description = '';
  for (const members of options.members) {
    const resources = new Resources();
    const started = performance.now();
    try {
      const measured = await measureSize(resources, { ...options, members }, record);
      description = measured.description;
      sizes.push(measured);
    } finally {
      await resources.end();
    }
    console.error(`${members} members: measured in ${seconds(performance.now() - started)}`);
  }
  console.log(`\n${machine.cores} cores, ${machine.cpu}, Node ${machine.node}. Against ${description}.`);
  for (const size of sizes) console.log(`\n${describeSize(size)}`);
  for (const line of describeGrowth(sizes)) console.log(`\n${line}`);
  process.exit(); // Temporal's client keeps handles open
}
