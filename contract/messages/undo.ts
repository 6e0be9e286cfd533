import { historyCommand } from '../commands.ts';
import { advise, failure, type Next } from './message.ts';
import { orNear } from './words.ts';

export interface Undo {
  activation: string;
  to: string;
}
const UNDO: Undo = { activation: 'vip-customers', to: '41' };

/** Why a list cannot be restored to its state after a run, including that the run does not exist. */
export const UNDO_MESSAGES = {
  pastRunUnknown: failure<{ activation: string; run: string; near?: string }>('InvalidActivation', {
    examples: [
      { activation: 'vip-customers', run: '41' },
      { activation: 'vip-customers', run: '41', near: '42' },
    ],
    says: ({ activation, run, near }) =>
      `Activation ${activation} has no run ${run}, or its record was deleted${orNear(near, '.')}`,
    next: seeHistory,
  }),
  undoOtherActivation: failure<Undo & { of: string }>('InvalidActivation', {
    examples: [{ ...UNDO, of: 'newsletter' }],
    says: ({ activation, to, of }) => `Run ${to} belongs to activation ${of}, not to ${activation}.`,
    next: seeHistory,
  }),
  undoOfDryRun: failure<Undo>('InvalidActivation', {
    examples: [UNDO],
    says: ({ activation, to }) => `Run ${to} of ${activation} was a dry run; it has no list to restore.`,
    next: seeHistory,
  }),
  undoNotSettled: failure<Undo & { outcome: string | null }>('InvalidActivation', {
    examples: [
      { ...UNDO, outcome: 'failed' },
      { ...UNDO, outcome: null },
    ],
    says: ({ activation, to, outcome }) =>
      `Run ${to} of ${activation} ${outcome === null ? 'is still running' : `ended as ${outcome}`}; it has no list to restore.`,
    next: (facts) => [...advise('Choose an earlier run that succeeded.'), ...seeHistory(facts)],
  }),
  undoMeaningChanged: failure<Undo & { setting: string; was: string; is: string }>('InvalidActivation', {
    examples: [
      { ...UNDO, setting: 'matchingKey', was: 'email → emailAddress', is: 'id → customerId' },
      { ...UNDO, setting: 'matchingKey', was: 'phone → gsm', is: 'phone → gsm' },
    ],
    says: ({ activation, to, setting, was, is }) =>
      `The list of ${activation} after run ${to} cannot be restored: ${setting} has changed since` +
      `${was === is ? '' : ` (${was}, now ${is})`}.`,
    next: (facts) => [...advise('Revert that setting first, or choose a later run.'), ...seeHistory(facts)],
  }),
  undoTooFarBack: failure<Undo & { oldest: string; at: string }>('InvalidActivation', {
    examples: [{ ...UNDO, oldest: '50', at: '2026-01-31T06:00:00.000Z' }],
    says: ({ activation, to, oldest, at }) =>
      `The change log of ${activation} no longer covers run ${to}. The oldest run that can be restored is ${oldest} (${at}). ` +
      'Changes are kept for retention.changeLog (project.yaml); an upgrade that changes the key rules restarts the log.',
  }),
};

function seeHistory({ activation }: { activation: string }): Next[] {
  return [{ advice: 'List the runs', command: historyCommand(activation) }];
}
