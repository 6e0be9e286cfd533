import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ACTIVATION, WITH_DIRECTORY } from '../segment/project.ts';
import { benchRun, checkList, type BenchRun } from '../segment/run.ts';
import type { BenchStand } from '../segment/stand.ts';
import { EXPORTS, writeExport } from './exports.ts';

/** The folder of the exports, below that of the lists. */
export const FOLDER = 'exports';

/** `churn and daily`: 1 % churn, and a new daily export of 10,000 profiles. */
export const KINDS = ['first', 'churn', 'churn and daily', 'unchanged', 'full'] as const;
export type Kind = (typeof KINDS)[number];

/** The same segment, delivered without and with the profile directory. `full` is only measured with it. */
export interface MeasuredPair {
  members: number;
  kind: Kind;
  round: number;
  without: BenchRun | undefined;
  with: BenchRun;
}

/** Before each run, in milliseconds: Temporal holds back a workflow whose ID was started less than a second ago. */
const PAUSE = 1_200;
const DAY = 24 * 60 * 60 * 1000;

/**
 * Runs two activations of the same segment in turn, of which one uses the profile directory. Which one is first
 * alternates. The first run reads a full export of everyone.
 */
export async function measurePairs(
  stand: BenchStand,
  members: number,
  rounds: number,
  report: (pair: MeasuredPair) => void,
): Promise<void> {
  const folder = join(stand.actito.files.path, FOLDER);
  await mkdir(folder, { recursive: true });
  let exported = 0;
  /** Every export is of a day of its own, because files are read in the order of their days; the last one is of today. */
  const put = async (name: string, query: string) => {
    const day = new Date(Date.now() - (rounds + 1 - exported++) * DAY).toISOString().slice(0, 10);
    const file = `${name}_${day.replaceAll('-', '')}.csv`;
    await writeExport(stand.warehouse.url, query, join(folder, file));
  };
  await put('profiles_full', EXPORTS.full);
  for (const kind of KINDS) {
    const times = kind === 'first' || kind === 'full' ? 1 : rounds;
    for (let round = 1; round <= times; round++) {
      if (kind.startsWith('churn')) await stand.warehouse.churn();
      if (kind === 'churn and daily') await put('profiles', EXPORTS.daily(round));
      if (kind === 'full') await put('profiles_full', EXPORTS.full);
      const run = (activation: string) => oneRun(stand, members, activation);
      const runs: Record<string, BenchRun> = {};
      const order = round % 2 === 0 ? [WITH_DIRECTORY, ACTIVATION] : [ACTIVATION, WITH_DIRECTORY];
      for (const activation of kind === 'full' ? [WITH_DIRECTORY] : order)
        runs[activation] = await run(activation);
      report({ members, kind, round, without: runs[ACTIVATION], with: runs[WITH_DIRECTORY]! });
    }
  }
}

async function oneRun(stand: BenchStand, members: number, activation: string): Promise<BenchRun> {
  await sleep(PAUSE);
  const run = await benchRun(stand, activation);
  await checkList(stand, members - (run.counts.waiting ?? 0), activation);
  return run;
}
