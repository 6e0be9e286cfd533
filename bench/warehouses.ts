import { writeFileSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import { Resources } from '../dev/resources.ts';
import { build } from './commands.ts';
import { measureRead } from './warehouses/measure.ts';
import { startSources } from './warehouses/sources.ts';
import { describeSources, rate, type MeasuredSource } from './warehouses/table.ts';

/** What `npm run bench -- warehouses` is asked for. */
interface WarehousesOptions {
  rows: number;
  rounds: number;
  drivers: string[];
  /** File for the lines of JSON; default: stdout. */
  json?: string;
}

/**
 * The drivers of warehouses: from the query to lines of COPY, each read in a process of its own. One line of JSON for
 * each read, and a table of medians at the end.
 */
export async function benchWarehouses({ rows, rounds, drivers, json }: WarehousesOptions): Promise<void> {
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));
  build();
  if (json) writeFileSync(json, '');
  const record = (line: object) => {
    const text = `${JSON.stringify(line)}\n`;
    if (json) writeFileSync(json, text, { flag: 'a' });
    else process.stdout.write(text);
  };
  record({ cores: cpus().length, cpu: cpus()[0]?.model, node: process.version, load: loadavg()[0] });
  const resources = new Resources();
  const measured = new Map<string, MeasuredSource>();
  try {
    const [postgres, ...others] = await startSources(resources, rows, drivers);
    for (let round = 1; round <= rounds; round++) {
      const copy = await measureRead(postgres, rows);
      for (const source of [postgres, ...others]) {
        const { name } = source;
        const read = source === postgres ? copy : await measureRead(source, rows);
        if (!measured.has(name)) measured.set(name, { name, rounds: [] });
        measured.get(name)!.rounds.push({ read, copy });
        record({ source: name, round, ...read, rowsPerSecond: Math.round(rate(read)) });
      }
    }
  } finally {
    await resources.end();
  }
  console.log(
    `\n${rows.toLocaleString('en-US')} rows × 6 columns\n${describeSources([...measured.values()])}`,
  );
  process.exit(); // the servers' clients keep handles open
}
