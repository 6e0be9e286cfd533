import { defineQuery } from '@temporalio/workflow';
import type { Told } from './messages/message.ts';
import type { Counts } from './counts.ts';
import type { RunRequest } from './request.ts';

export const PHASES = [
  'opening',
  'reading the exports of profiles',
  'reading the segment',
  'planning',
  'provisioning',
  'importing attributes',
  'delivering the list',
  'waiting for Actito',
  'settling',
  'closed',
] as const;
export type Phase = (typeof PHASES)[number];

/** The result of the query `progress`. */
export interface RunProgress {
  activation: string;
  request: RunRequest;
  phase: Phase;
  outcome: string | null;
  notes: Told[];
  counts: Counts;
  push: string | null;
}

export const progressQuery = defineQuery<RunProgress>('progress');
