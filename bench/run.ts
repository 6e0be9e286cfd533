import { readFile, writeFile } from 'node:fs/promises';
import type { RunResult } from '../workflows/contract.ts';
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
  const { events = [] } = await handle.fetchHistory();
  const phases: Record<string, number> = {};
  const scheduled = new Map<string, { name: string; at: number }>();
  for (const event of events ?? []) {
    const at = Number(event.eventTime?.seconds ?? 0) * 1000 + (event.eventTime?.nanos ?? 0) / 1e6;
    const begun = event.activityTaskScheduledEventAttributes;
    if (begun) scheduled.set(String(event.eventId), { name: begun.activityType?.name ?? '?', at });
    const done = event.activityTaskCompletedEventAttributes;
    const start = done && scheduled.get(String(done.scheduledEventId));
    if (start) phases[start.name] = at - start.at;
  }
  return {
    total,
    phases,
    peakRss: await peakRss(workerPid),
    historyEvents: events?.length ?? 0,
    counts: result.counts,
  };
}

/** Linux only: the kernel's own high-water mark. */
async function peakRss(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  return Number(/VmHWM:\s+(\d+) kB/.exec(status)?.[1]) * 1024;
}
