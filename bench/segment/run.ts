import { createReadStream } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { RunResult } from '../../contract/result.ts';
import { activityTimes } from '../activity-times.ts';
import { cpuBetween, readCpu, type CpuTime } from './cpu.ts';
import { ACTIVATION, listFile } from './project.ts';
import type { BenchStand } from './stand.ts';

/** One run as it was measured. */
export interface BenchRun {
  /** Milliseconds, from start to result. */
  total: number;
  /** Milliseconds by activity, from scheduled to completed. */
  phases: Record<string, number>;
  cpu: CpuTime;
  /** The worker's largest resident set during the run, in bytes. */
  peakRss: number;
  historyEvents: number;
  /** WAL that the whole server wrote, in bytes. Unlogged tables write none. */
  wal: number;
  outcome: string;
  counts: Record<string, number>;
}

/**
 * One run through Temporal, timed from outside and from its history.
 * @throws Error if the run does not succeed
 */
export async function benchRun(stand: BenchStand, activation = ACTIVATION): Promise<BenchRun> {
  const { client, workerPid, postgresPid, warehouse } = stand;
  await writeFile(`/proc/${workerPid}/clear_refs`, '5'); // resets the high-water mark
  const walBefore = await warehouse.wal();
  const cpuBefore = await readCpu(workerPid, postgresPid);
  const started = performance.now();
  const handle = await client.workflow.start('runActivation', {
    taskQueue: 'actito-sync',
    workflowId: `activation/${activation}`,
    args: [{ activation }],
  });
  const result = (await handle.result()) as RunResult;
  const total = performance.now() - started;
  const cpu = cpuBetween(cpuBefore, await readCpu(workerPid, postgresPid));
  const wal = (await warehouse.wal()) - walBefore;
  const [history, peak] = [await handle.fetchHistory(), await peakRss(workerPid)];
  if (result.outcome !== 'succeeded')
    throw new Error(
      `The run ended as "${result.outcome}": ${result.summary} ${result.notes.map(({ message }) => message).join(' ')}`,
    );
  const phases: Record<string, number> = {};
  for (const { name, total: taken } of activityTimes(history)) phases[name] = (phases[name] ?? 0) + taken;
  return {
    total,
    phases,
    cpu,
    peakRss: peak,
    historyEvents: history.events?.length ?? 0,
    wal,
    outcome: result.outcome,
    counts: { ...result.counts },
  };
}

/** Linux only: the kernel's own high-water mark. */
async function peakRss(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  return Number(/VmHWM:\s+(\d+) kB/.exec(status)?.[1]) * 1024;
}

/**
 * @throws Error if the list on the server does not have this number of members, because then the run did not do its
 *   work
 */
export async function checkList(
  { actito }: BenchStand,
  members: number,
  activation = ACTIVATION,
): Promise<void> {
  let lines = 0;
  for await (const chunk of createReadStream(join(actito.files.path, listFile(activation)))) {
    for (const byte of chunk as Buffer) if (byte === 0x0a) lines++;
  }
  if (lines === members + 1) return; // with a header
  throw new Error(`The list on the server has ${lines - 1} members; the segment has ${members}.`);
}
