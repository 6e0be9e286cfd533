import Table from 'cli-table3';
import { median, seconds } from '../output.ts';
import { KINDS, ratio, type Baseline, type Kind, type MeasuredRun } from './records.ts';

/** All that was measured with one number of members. */
export interface MeasuredSize {
  members: number;
  baseline: Baseline;
  /** The median of the floor after the runs, in milliseconds. */
  floorAfter: number;
  runs: MeasuredRun[];
}

const WORDS: Record<Kind, string> = { first: 'first run', churn: '1 % churn', unchanged: 'unchanged' };
const HEAD = [
  'run',
  'time',
  '÷ floor',
  '÷ cron',
  '÷ COPY→COPY',
  'peak memory',
  'rows written',
  'WAL',
  'events',
];

const megabytes = (bytes: number) => `${(bytes / 1e6).toFixed(bytes < 1e7 ? 1 : 0)} MB`;
const count = (value: number) => value.toLocaleString('en-US');

/** The medians of one size as a text of several lines. */
export function describeSize({ members, baseline, floorAfter, runs }: MeasuredSize): string {
  const table = new Table({ head: HEAD, style: { head: [], border: [], compact: true } });
  const phases: string[] = [];
  for (const kind of KINDS) {
    const own = runs.filter((run) => run.kind === kind);
    if (own.length === 0) continue;
    table.push(row(kind, own, baseline));
    phases.push(`  ${WORDS[kind].padEnd(10)} ${describePhases(own)}`);
  }
  return [
    `${count(members)} members × 6 columns`,
    describeBaseline(baseline, floorAfter),
    table.toString(),
    'Medians, but the largest peak memory and the most rows written. Median time of each activity:',
    ...phases,
  ].join('\n');
}

/** How the time of a run with 1 % churn grows from each size to the next one; empty with one size. */
export function describeGrowth(sizes: readonly MeasuredSize[]): string[] {
  return sizes.slice(1).map((size, index) => {
    const smaller = sizes[index]!;
    const grown = ratio(medianTotal(size, 'churn'), medianTotal(smaller, 'churn'));
    return `${count(size.members)} ÷ ${count(smaller.members)} members, 1 % churn: ${grown}`;
  });
}

function medianTotal({ runs }: MeasuredSize, kind: Kind): number {
  return median(runs.filter((run) => run.kind === kind).map(({ total }) => total));
}

function row(kind: Kind, runs: readonly MeasuredRun[], { floor, cron, copy }: Baseline): string[] {
  const of = (value: (run: MeasuredRun) => number) => median(runs.map(value));
  const total = of((run) => run.total);
  const rows = runs.flatMap(({ written }) => written?.rows ?? []);
  return [
    runs.length > 1 ? `${WORDS[kind]} (median of ${runs.length})` : WORDS[kind],
    seconds(total),
    String(ratio(total, floor)),
    cron === undefined ? '–' : String(ratio(total, cron)),
    String(ratio(total, copy)),
    megabytes(Math.max(...runs.map(({ peakRss }) => peakRss))),
    rows.length === 0 ? '–' : count(Math.max(...rows)),
    megabytes(of((run) => run.wal)),
    String(of((run) => run.historyEvents)),
  ];
}

function describeBaseline({ floor, copy, sftp, cron, cronPeakRss }: Baseline, floorAfter: number): string {
  const peak = cronPeakRss === undefined ? '' : `, peak memory ${megabytes(cronPeakRss)}`;
  const script = cron === undefined ? 'not measured' : `${seconds(cron)}${peak}`;
  return [
    `Floor: ${seconds(floor)} (COPY→COPY ${seconds(copy)}, sftp of the list ${seconds(sftp)}); after the runs: ` +
      seconds(floorAfter),
    `Cron script: ${script}`,
    ...(isDisturbed(floor, floorAfter)
      ? [
          'Warning: the floor changed by more than a quarter. Other work disturbed these measurements; repeat them.',
        ]
      : []),
  ].join('\n');
}

function isDisturbed(before: number, after: number): boolean {
  return Math.max(before, after) > 1.25 * Math.min(before, after);
}

function describePhases(runs: readonly MeasuredRun[]): string {
  const names = new Set(runs.flatMap(({ phases }) => Object.keys(phases)));
  return [...names]
    .map((name) => `${name} ${seconds(median(runs.flatMap(({ phases }) => phases[name] ?? [])))}`)
    .join(', ');
}
