import { cpus } from 'node:os';
import { measureFloor } from './floor.ts';
import { seconds } from './output.ts';
import { benchRun, type BenchRun } from './run.ts';
import { startBench } from './stand.ts';

/** One big segment: a first run, runs with 1 % churn and an unchanged one, next to the floor of the same minute. */
export async function benchSegment({ members, rounds }: { members: number; rounds: number }): Promise<void> {
  const stand = await startBench(members);
  try {
    console.log(
      `${members} members × 6 columns, ${cpus().length} cores, ${cpus()[0]?.model}, Node ${process.version}`,
    );
    const floor = await measureFloor(stand);
    console.log(
      `floor: ${seconds(floor.copy)} COPY out → COPY in, ${seconds(floor.upload)} sftp of the list`,
    );
    print('first run', await benchRun(stand));
    for (let round = 1; round <= rounds; round++) {
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
