import type { RunMode } from './mode.ts';
import { sync } from './sync.ts';

/** A sync whose task tells the comparison to resend everything. */
export const resync: RunMode = sync;
