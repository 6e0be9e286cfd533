import type { Fence } from '../state/runs/lease.ts';

/** What every activity of a run gets: which run, under which fence. Everything else stands in the run's row. */
export type RunRef = Fence;
