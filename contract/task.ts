import type { Mode, RunRequest } from './request.ts';

/**
 * What a run does, as data. It is decided once, when the run is opened, and stored with the run. Steps read these
 * properties and never the mode.
 */
export interface Task {
  mode: Mode;
  /** The run only makes a plan. It can run beside any other run. */
  preview: boolean;
  /** The number of the run whose list is restored, regardless of the segment; null: the list matches the segment. */
  undo: string | null;
  /** Sends all attributes and the list, regardless of what Actito acknowledged before. */
  resends: boolean;
  /** False: the run assumes that Actito already matches the segment. */
  sends: boolean;
  /** If the state differs from what Actito acknowledged, the run repairs it and continues. */
  repairs: boolean;
  /** The hash of the only plan that the run may apply. */
  plan?: string;
  reason?: string;
}

type Traits = Pick<Task, 'preview' | 'undo' | 'resends' | 'sends' | 'repairs'>;

const SYNC: Traits = { preview: false, undo: null, resends: false, sends: true, repairs: false };
const RESYNC: Traits = { ...SYNC, resends: true, repairs: true };
const REBASE: Traits = { ...SYNC, sends: false, repairs: true };

/** Returns the task of a request. */
export function taskOf(request: RunRequest): Task {
  const plan = 'plan' in request ? request.plan : undefined;
  return { mode: request.mode, ...traitsOf(request), plan, reason: request.reason };
}

function traitsOf(request: RunRequest): Traits {
  switch (request.mode) {
    case 'sync':
      return SYNC;
    case 'resync':
      return RESYNC;
    case 'rebase':
      return REBASE;
    case 'undo':
      return { ...SYNC, undo: request.to };
    case 'preview':
      return { ...previewedTraits(request.of), preview: true };
  }
}

function previewedTraits(of: (RunRequest & { mode: 'preview' })['of']): Traits {
  if (typeof of === 'object') return { ...SYNC, undo: of.undo };
  return { sync: SYNC, resync: RESYNC, rebase: REBASE }[of];
}

/** Returns the task that applies a plan of another task. The plan decides whether it resends or undoes. */
export function applying(task: Task, { undo, resends, repairs }: Task): Task {
  const mode = undo !== null ? 'undo' : resends ? 'resync' : 'sync';
  return { ...task, mode, undo, resends, repairs };
}
