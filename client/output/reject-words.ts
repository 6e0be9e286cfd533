import { KEY_REJECTS } from '../../activation/keys/rejects.ts';
import { VALUE_REJECTS } from '../../activation/values/rejects.ts';

/** The class of members that Actito has no profile of. It is a state that passes, not a reject. */
export const UNMATCHED = 'Unmatched';

/** Every reason of ours, and those of Actito's that are known, in words for people. */
export const REJECT_WORDS: Readonly<Record<string, string>> = {
  ...KEY_REJECTS,
  ...VALUE_REJECTS,
  AmbiguousValues:
    'Several rows of the segment have this key and different values: on the list, but no attributes are sent.',
  INVALID_VALUE: 'Actito refused a value, and with it all attributes of the row.',
  REFUSED: 'Actito refused the row with a code that is none.',
  [UNMATCHED]: 'Actito has no profile with this key.',
};

/** The words for a reason; Actito's own codes speak for themselves. */
export function rejectWords(reason: string): string {
  return REJECT_WORDS[reason] ?? `Actito refused the row and said ${reason}.`;
}
