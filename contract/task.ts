import type { Mode, RunRequest } from './request.ts';

/**
 * What a run does, as data: decided once, when the run is opened, and stored with it. Steps read what they need to know
 * and ask for no mode.
 */
export interface Task {
  mode: Mode;
  /** Nothing but a plan is made, beside any other run. */
  preview: boolean;
  /** The list is to be what it was after this run, whatever the segment says; null: it follows the segment. */
  undo: string | null;
  /** All attributes and the list are sent, whatever Actito acknowledged before. */
  resends: boolean;
  /** False: the segment is taken for what Actito has. */
  sends: boolean;
  /** The run goes on when the state is not what was acknowledged, and repairs it. */
  repairs: boolean;
  /** The hash of the plan that is to be applied, and no other. */
  plan?: string;
  reason?: string;
}

type Traits = Pick<Task, 'preview' | 'undo' | 'resends' | 'sends' | 'repairs'>;

const SYNC: Traits = { preview: false, undo: null, resends: false, sends: true, repairs: false };
const RESYNC: Traits = { ...SYNC, resends: true, repairs: true };
const REBASE: Traits = { ...SYNC, sends: false, repairs: true };

/** The task of a request. */
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

/** The task that applies a plan of another task: the plan says itself whether it resends or undoes. */
export function applying(task: Task, { undo, resends, repairs }: Task): Task {
  const mode = undo !== null ? 'undo' : resends ? 'resync' : 'sync';
  return { ...task, mode, undo, resends, repairs };
}
