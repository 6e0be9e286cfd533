/** How the shim stands in for a project of BigQuery. */
export interface Settings {
  project: string;
  location: string;
  /** Rows of a page of query results at most; a page also ends at 20 MB. */
  pageRows: number;
  /** Rows of one response of ReadRows. */
  batchRows: number;
  /** Streams of a read session at most, if the client does not ask for fewer. */
  streams: number;
  /** The bytes that a dry run estimates, and that `maximumBytesBilled` is compared with. */
  bytesProcessed: number;
  /** Errors of syntax and names fail the job instead of the call that inserts it. */
  lateErrors: boolean;
  /** The service account may only read: statements that write are answered with accessDenied. */
  readOnlyRole: boolean;
}

export const DEFAULTS: Settings = {
  project: 'shop',
  location: 'EU',
  pageRows: 10_000,
  batchRows: 8_192,
  streams: 4,
  bytesProcessed: 1_048_576,
  lateErrors: false,
  readOnlyRole: false,
};
