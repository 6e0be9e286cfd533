import { resolve } from 'node:path';
import type { Warehouse } from '../../../warehouse/source.ts';
import { collectGarbage } from '../../../worker/garbage.ts';
import type { Apart } from './fixture.ts';

/* Reads a source in a process of its own, which memory.ts starts, and prints how many rows there were and its memory. */

collectGarbage();
const { module, name, options, query } = JSON.parse(process.argv[2]!) as Apart & { query: string };
const driver = (await import(resolve(module))) as Record<
  string,
  (...options: unknown[]) => Promise<Warehouse>
>;
const warehouse = await driver[name]!(...options);
const read = await warehouse.read({
  segment: { query },
  columns: ['id', 'padding'],
  signal: new AbortController().signal,
});
let lines = 0;
/** The largest resident memory after a batch, in bytes. What the system reports at the end includes the starting process. */
let most = 0;
for await (const batch of read.batches) {
  for (const byte of batch) if (byte === 10) lines += 1;
  most = Math.max(most, process.memoryUsage.rss());
}
const counted = read.rows();
await warehouse.close();
process.stdout.write(JSON.stringify({ lines, counted, megabytes: Math.round(most / 1e6) }));
process.exit(0);
