import { historyCommand } from '../commands.ts';
import { advise, failure, type Next } from './message.ts';

export interface Undo {
  activation: string;
  to: string;
}
const UNDO: Undo = { activation: 'vip-customers', to: '41' };

/** Why a list cannot be put back to what it was after a run; and that there is no such run. */
export const UNDO_MESSAGES = {
  pastRunUnknown: failure('InvalidActivation', {
    examples: [{ activation: 'vip-customers', run: '41' }],
    says: ({ activation, run }) => `Activation ${activation} has no run ${run}, or none any more.`,
    next: seeHistory,
  }),
  undoOtherActivation: failure<Undo & { of: string }>('InvalidActivation', {
    examples: [{ ...UNDO, of: 'newsletter' }],
    says: ({ activation, to, of }) => `Run ${to} is one of activation ${of}, not of ${activation}.`,
    next: seeHistory,
  }),
  undoOfDryRun: failure<Undo>('InvalidActivation', {
    examples: [UNDO],
    says: ({ activation, to }) => `Run ${to} of ${activation} was a dry run: it left no list.`,
    next: seeHistory,
  }),
  undoNotSettled: failure<Undo & { outcome: string | null }>('InvalidActivation', {
    examples: [
      { ...UNDO, outcome: 'failed' },
      { ...UNDO, outcome: null },
    ],
    says: ({ activation, to, outcome }) =>
      `Run ${to} of ${activation} ${outcome === null ? 'has not ended' : `ended as ${outcome}`}, and has not settled a ` +
      'list to go back to.',
    next: (facts) => [...advise('Name the run before it that succeeded.'), ...seeHistory(facts)],
  }),
  undoMeaningChanged: failure<Undo & { setting: string; was: string; is: string }>('InvalidActivation', {
    examples: [
      { ...UNDO, setting: 'matchingKey', was: 'email → emailAddress', is: 'id → customerId' },
      { ...UNDO, setting: 'matchingKey', was: 'phone → gsm', is: 'phone → gsm' },
    ],
    says: ({ activation, to, setting, was, is }) =>
      `${setting} ${was === is ? 'has changed' : `was ${was} and is ${is}`} since: the list of ${activation} after run ` +
      `${to} does not fit it.`,
    next: (facts) => [...advise('Undo that setting first, or name a later run.'), ...seeHistory(facts)],
  }),
  undoTooFarBack: failure<Undo & { oldest: string; at: string }>('InvalidActivation', {
    examples: [{ ...UNDO, oldest: '50', at: '2026-01-31T06:00:00.000Z' }],
    says: ({ activation, to, oldest, at }) =>
      `The change log of ${activation} does not reach back to run ${to}: changes are kept for retention.changeLog ` +
      `(project.yaml), and begin anew when the rules of keys change. The oldest run to go back to is ${oldest} (${at}).`,
  }),
};

function seeHistory({ activation }: { activation: string }): Next[] {
  return [{ advice: 'See', command: historyCommand(activation) }];
}
