import Table from 'cli-table3';
import { median, seconds } from '../output.ts';
import type { MeasuredRead } from './measure.ts';

/** The reads of a source in the rounds; `copy` is PostgreSQL's COPY in the same round. */
export interface MeasuredSource {
  name: string;
  rounds: { read: MeasuredRead; copy: MeasuredRead }[];
}

const HEAD = ['source', 'rows/s', '÷ COPY', 'CPU of the worker', '÷ COPY', 'peak memory'];

/** Medians of the rounds, and the largest peak memory. */
export function describeSources(sources: readonly MeasuredSource[]): string {
  const table = new Table({ head: HEAD, style: { head: [], border: [], compact: true } });
  for (const { name, rounds } of sources) {
    const of = (value: (read: MeasuredRead) => number) => median(rounds.map(({ read }) => value(read)));
    const ratio = (value: (read: MeasuredRead) => number) =>
      median(rounds.map(({ read, copy }) => value(read) / value(copy))).toFixed(2);
    table.push([
      name,
      (Math.round(of(rate) / 1000) * 1000).toLocaleString('en-US'),
      ratio(rate),
      seconds(of(({ cpu }) => cpu)),
      ratio(({ cpu }) => cpu),
      `${(Math.max(...rounds.map(({ read }) => read.peakRss)) / 1e6).toFixed(0)} MB`,
    ]);
  }
  return table.toString();
}

/** Rows per second. */
export function rate({ rows, total }: MeasuredRead): number {
  return (1000 * rows) / total;
}
