import Table from 'cli-table3';
import { median, seconds } from '../output.ts';
import { ratio } from '../segment/records.ts';
import type { BenchRun } from '../segment/run.ts';
import type { MeasuredLoad } from './loads.ts';
import { KINDS, type MeasuredPair } from './runs.ts';

const STYLE = { head: [], border: [], compact: true };

/** The medians of the loads from a local file. */
export function describeLoads(loads: readonly MeasuredLoad[]): string {
  const table = new Table({ head: ['export', 'time', 'CPU of reader', 'CPU of PostgreSQL'], style: STYLE });
  for (const kind of new Set(loads.map((load) => load.kind))) {
    const own = loads.filter((load) => load.kind === kind);
    const of = (value: (load: MeasuredLoad) => number) => seconds(median(own.map(value)));
    table.push([
      `${kind} (median of ${own.length})`,
      of(({ total }) => total),
      of(({ cpu }) => cpu.reader),
      of(({ cpu }) => cpu.postgres),
    ]);
  }
  return table.toString();
}

/** The medians of the runs without and with the directory, and of the ratios of neighboring runs. */
export function describePairs(pairs: readonly MeasuredPair[]): string {
  const head = [
    'run',
    'time',
    'CPU of worker',
    'CPU of PostgreSQL',
    'CPU ÷ without',
    'peak memory',
    'reading exports',
  ];
  const table = new Table({ head, style: STYLE });
  const phases: string[] = [];
  for (const kind of KINDS) {
    const own = pairs.filter((pair) => pair.kind === kind);
    if (own.length === 0) continue;
    const ratios = own.flatMap((pair) => (pair.without ? ratio(cpuOf(pair.with), cpuOf(pair.without)) : []));
    const without = own.flatMap((pair) => pair.without ?? []);
    if (without.length > 0) table.push([`${kind}, without`, ...figures(without, '')]);
    const words = ratios.length === 0 ? '–' : `${median(ratios)} (${ratios.join(', ')})`;
    table.push([
      `${kind}, with`,
      ...figures(
        own.map((pair) => pair.with),
        words,
      ),
    ]);
    phases.push(
      `  ${kind.padEnd(15)} ${describePhases(without)} | ${describePhases(own.map((pair) => pair.with))}`,
    );
  }
  return `${table.toString()}\nMedian time of each activity, without | with:\n${phases.join('\n')}`;
}

function cpuOf({ cpu }: BenchRun): number {
  return cpu.worker + cpu.postgres;
}

function figures(runs: readonly BenchRun[], ratios: string): string[] {
  const of = (value: (run: BenchRun) => number) => seconds(median(runs.map(value)));
  const peak = Math.max(...runs.map(({ peakRss }) => peakRss));
  const reading = runs.flatMap(({ phases }) => phases.refreshProfiles ?? []);
  return [
    of(({ total }) => total),
    of(({ cpu }) => cpu.worker),
    of(({ cpu }) => cpu.postgres),
    ratios,
    `${(peak / 1e6).toFixed(0)} MB`,
    reading.length === 0 ? '' : seconds(median(reading)),
  ];
}

function describePhases(runs: readonly BenchRun[]): string {
  const names = new Set(runs.flatMap(({ phases }) => Object.keys(phases)));
  return [...names]
    .map((name) => `${name} ${seconds(median(runs.flatMap(({ phases }) => phases[name] ?? [])))}`)
    .join(', ');
}
