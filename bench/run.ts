import { readFile, writeFile } from 'node:fs/promises';
import type { RunResult } from '../workflows/contract.ts';
import { activityTimes } from './activity-times.ts';
import type { BenchStand } from './stand.ts';

export interface BenchRun {
  /** Milliseconds, from start to result. */
  total: number;
  /** Milliseconds by activity, from scheduled to completed. */
  phases: Record<string, number>;
  /** The worker's largest resident set during the run, in bytes. */
  peakRss: number;
  historyEvents: number;
  counts: Record<string, number>;
}

/** One run through Temporal, timed from outside and from its history. */
export async function benchRun({ client, workerPid }: BenchStand): Promise<BenchRun> {
  await writeFile(`/proc/${workerPid}/clear_refs`, '5'); // the high-water mark starts anew
  const started = performance.now();
  const handle = await client.workflow.start('runActivation', {
    taskQueue: 'actito-sync',
    workflowId: `bench/${Date.now()}`,
    args: [{ activation: 'bench' }],
  });
  const result = (await handle.result()) as RunResult;
  const total = performance.now() - started;
  const history = await handle.fetchHistory();
  return {
    total,
    phases: Object.fromEntries(activityTimes(history).map((time) => [time.name, time.total])),
    peakRss: await peakRss(workerPid),
    historyEvents: history.events?.length ?? 0,
    counts: result.counts,
  };
}

/** Linux only: the kernel's own high-water mark. */
async function peakRss(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  return Number(/VmHWM:\s+(\d+) kB/.exec(status)?.[1]) * 1024;
}
