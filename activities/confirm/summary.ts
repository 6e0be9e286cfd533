/** What is known of the list after the run. */
export interface ListSummary {
  /** Actito has retrieved the file of this run; false when this run delivered none, or nobody was asked. */
  retrieved: boolean;
  /** Whether there was a means to ask. False: what this run delivered stays "not confirmed by Actito". */
  asked: boolean;
  profiles: number | null;
  /** ISO 8601, or null. */
  expires: string | null;
}
