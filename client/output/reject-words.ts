import type { RejectReason } from '../../contract/messages/rejects.ts';

export { REJECT_WORDS, rejectWords } from '../../contract/messages/reject-words.ts';

/** The class of members that Actito has no profile of. It is a state that passes, not a reject. */
export const UNMATCHED = 'Unmatched' satisfies RejectReason;
