import { setTimeout as sleep } from 'node:timers/promises';
import type { Resources } from '../../dev/resources.ts';
import { seconds } from '../output.ts';
import { measureCron, missingForCron } from './cron.ts';
import { measureFloor } from './floor.ts';
import {
  baselineOf,
  cronRecord,
  floorRecord,
  KINDS,
  runRecord,
  type Baseline,
  type Kind,
  type MeasuredRun,
} from './records.ts';
import { benchRun, checkList } from './run.ts';
import { startStand, type BenchStand } from './stand.ts';
import type { MeasuredSize } from './table.ts';
import { difference, WriteCounter } from './written.ts';

/** Measurements of the floor, runs of the cron script, and unchanged runs. */
const TIMES = 3;
/** Before each run, in milliseconds: Temporal holds back a workflow whose ID was started less than a second ago. */
const PAUSE = 2_000;

/** One number of members, and how it is measured. */
export interface SizeOptions {
  members: number;
  rounds: number;
  simulator: boolean;
  rows: boolean;
}

/** Measures one size on servers of its own: floor and cron script first, then the runs, and the floor once more. */
export async function measureSize(
  resources: Resources,
  options: SizeOptions,
  record: (line: object) => void,
): Promise<MeasuredSize & { description: string }> {
  const { members, rounds } = options;
  const missing = missingForCron();
  if (missing.length > 0)
    console.error(`The cron script is not measured, because ${missing.join(', ')} cannot be found.`);
  const stand = await startStand(resources, { ...options, churns: rounds + TIMES });
  const floors = await measureFloor(stand.warehouse.url, stand, TIMES);
  for (const floor of floors) record(floorRecord(members, 'before', floor));
  const crons = missing.length > 0 ? [] : await measureCron(stand.warehouse, stand, TIMES);
  for (const cron of crons) record(cronRecord(members, cron));
  const baseline = baselineOf(floors, crons);

  const runs = await measureRuns(stand, options, baseline, record);
  const after = await measureFloor(stand.warehouse.url, stand, TIMES);
  for (const floor of after) record(floorRecord(members, 'after', floor));
  const floorAfter = baselineOf(after, []).floor;
  return { members, baseline, floorAfter, runs, description: stand.description };
}

async function measureRuns(
  stand: BenchStand,
  { members, rounds, simulator, rows }: SizeOptions,
  baseline: Baseline,
  record: (line: object) => void,
): Promise<MeasuredRun[]> {
  const times: Record<Kind, number> = { first: 1, churn: rounds, unchanged: TIMES };
  const counter = rows ? await WriteCounter.connect(stand.stateUrl) : undefined;
  const runs: MeasuredRun[] = [];
  try {
    stand.received(); // forgets what the cron script sent
    let before = await counter?.read();
    for (const kind of KINDS) {
      for (let round = 1; round <= times[kind]; round++) {
        if (kind === 'churn') await stand.warehouse.churn();
        await sleep(PAUSE);
        const run: MeasuredRun = { members, kind, round, ...(await benchRun(stand)) };
        const after = await counter?.read();
        if (before && after) run.written = difference(before, after);
        before = after;
        if (!simulator) {
          run.received = stand.received();
          await checkList(stand, members); // the simulator takes the file away
        }
        runs.push(run);
        record(runRecord(run, baseline));
        console.error(`${members} members, ${kind} run ${round}: ${seconds(run.total)}`);
      }
    }
    return runs;
  } finally {
    await counter?.end();
  }
}
