import { median } from '../output.ts';
import type { CronRun } from './cron.ts';
import type { Floor } from './floor.ts';
import type { BenchRun } from './run.ts';
import type { WrittenRows } from './written.ts';

/** What a run is compared with: medians of the same minutes, in milliseconds. */
export interface Baseline {
  floor: number;
  copy: number;
  sftp: number;
  cron?: number;
  /** Bytes. */
  cronPeakRss?: number;
}

/** The kinds of runs, in the order in which they are measured. */
export const KINDS = ['first', 'churn', 'unchanged'] as const;
export type Kind = (typeof KINDS)[number];

/** One run with all that was measured of it. */
export interface MeasuredRun extends BenchRun {
  members: number;
  kind: Kind;
  round: number;
  /** Undefined with `--no-rows`. */
  written?: WrittenRows;
  /** What the stand-in received; undefined with the simulator. */
  received?: { imports: number; bytes: number };
}

/** The medians of the floor and of the cron script. */
export function baselineOf(floors: readonly Floor[], crons: readonly CronRun[]): Baseline {
  const peaks = crons.flatMap(({ peakRss }) => peakRss ?? []);
  return {
    floor: median(floors.map(({ copy, sftp }) => copy + sftp)),
    copy: median(floors.map(({ copy }) => copy)),
    sftp: median(floors.map(({ sftp }) => sftp)),
    cron: crons.length > 0 ? median(crons.map(({ total }) => total)) : undefined,
    cronPeakRss: peaks.length > 0 ? median(peaks) : undefined,
  };
}

/** The line of a run. Names carry their units. */
export function runRecord(run: MeasuredRun, baseline: Baseline): object {
  const { members, kind, round, total, phases, cpu, peakRss, historyEvents, written, wal, received } = run;
  return {
    kind: 'run',
    run: kind,
    members,
    round,
    outcome: run.outcome,
    totalMs: whole(total),
    phasesMs: Object.fromEntries(Object.entries(phases).map(([name, ms]) => [name, whole(ms)])),
    cpuMs: cpu,
    workerPeakRssBytes: peakRss,
    historyEvents,
    rowsWritten: written?.rows,
    rowsWrittenByTable: written?.byTable,
    rowsWrittenInDroppedTables: written?.inDroppedTables,
    rowsWrittenInSystemTables: written?.inSystemTables,
    walBytes: wal,
    importsReceived: received?.imports,
    importBytesReceived: received?.bytes,
    ratios: {
      floor: ratio(total, baseline.floor),
      cron: baseline.cron && ratio(total, baseline.cron),
      copy: ratio(total, baseline.copy),
    },
    counts: run.counts,
  };
}

/** The line of one measurement of the floor. */
export function floorRecord(members: number, when: 'before' | 'after', { copy, sftp }: Floor): object {
  return {
    kind: 'floor',
    members,
    when,
    totalMs: whole(copy + sftp),
    copyMs: whole(copy),
    sftpMs: whole(sftp),
  };
}

/** The line of one run of the cron script. */
export function cronRecord(members: number, { total, peakRss }: CronRun): object {
  return { kind: 'cron', members, totalMs: whole(total), peakRssBytes: peakRss };
}

/** With two digits after the point. */
export function ratio(value: number, of: number): number {
  return Math.round((value / of) * 100) / 100;
}

function whole(ms: number): number {
  return Math.round(ms * 10) / 10;
}
