import { cpus } from 'node:os';
import { Command } from 'commander';
import { measureFloor } from './floor.ts';
import { benchRun, type BenchRun } from './run.ts';
import { startBench } from './stand.ts';

/** `npm run bench -- --members 1000000`: a first run and a run with 1 % churn, next to the floor of the same minute. */
async function main(): Promise<void> {
  const program = new Command()
    .option('--members <n>', 'members of the segment', '1000000')
    .option('--rounds <n>', 'churn runs', '3')
    .parse();
  const { members, rounds } = program.opts<{ members: string; rounds: string }>();
  const stand = await startBench(Number(members));
  try {
    console.log(
      `${members} members × 6 columns, ${cpus().length} cores, ${cpus()[0]?.model}, Node ${process.version}`,
    );
    const floor = await measureFloor(stand);
    console.log(
      `floor: ${seconds(floor.copy)} COPY out → COPY in, ${seconds(floor.upload)} sftp of the list`,
    );
    print('first run', await benchRun(stand));
    for (let round = 1; round <= Number(rounds); round++) {
      await stand.churn(round);
      print(`1 % churn, round ${round}`, await benchRun(stand), floor.copy + floor.upload);
    }
    print('unchanged', await benchRun(stand));
    const again = await measureFloor(stand);
    console.log(`floor again: ${seconds(again.copy)} COPY, ${seconds(again.upload)} sftp`);
  } finally {
    await stand.stop();
  }
}

function print(name: string, run: BenchRun, floor?: number): void {
  const phases = Object.entries(run.phases).map(([phase, ms]) => `${phase} ${seconds(ms)}`);
  const ratio = floor ? `, ${(run.total / floor).toFixed(1)} × floor` : '';
  console.log(
    `${name}: ${seconds(run.total)}${ratio} (${phases.join(', ')}); ` +
      `worker peak ${Math.round(run.peakRss / 1e6)} MB, ${run.historyEvents} history events`,
  );
  console.log(`  ${JSON.stringify(run.counts)}`);
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(2)} s`;
}

await main();
