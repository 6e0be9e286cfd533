import type { RunMode } from './mode.ts';
import { sync } from './sync.ts';

/** A sync that compares with nothing: its task tells the comparison to resend everything. */
export const resync: RunMode = sync;
