import type { RejectReason } from '../../contract/messages/rejects.ts';

/** The options of `rejects`. */
export interface RejectFlags {
  run?: number;
  reason?: string;
  key?: string;
  limit?: number;
  json?: boolean;
  csv?: boolean;
  showPersonalData?: boolean;
}

/** The maximum number of rows, unless `--limit` sets another. */
export const ON_A_TERMINAL = 50;
/** Members without exactly one profile in Actito. This is a temporary state, not a reject. */
export const UNMATCHED = 'Unmatched' satisfies RejectReason;
