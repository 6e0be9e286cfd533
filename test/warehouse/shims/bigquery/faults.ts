/** What the shim does wrong. Faults stay until they are set again, unless said "once". */
export interface Faults {
  /** The next call of the REST API is answered with this error, once. A Retry-After header, in seconds, if given. */
  httpOnce?: { status: 429 | 500 | 503; retryAfter?: number };
  /** A query whose result has that many rows fails, as for a value in row n that cannot be computed. */
  valueErrorAtRow?: number;
  /** The connection of a page or of a stream is cut when it has sent that many rows of the result, once. */
  cutAfterRows?: number;
  /** A stream of the Storage Read API ends with UNAVAILABLE after that many rows, once. */
  streamErrorAfterRows?: number;
  /** What is added to `totalRows` and `estimatedRowCount`: they differ from the rows sent. */
  totalRowsDelta?: number;
  /** What is added to the `rowCount` of each response of ReadRows. */
  rowCountDelta?: number;
  /** The next page token is refused, once. */
  expiredPageToken?: boolean;
  /** All access tokens issued so far are refused from the next call on, once: newer ones work. */
  expiredAccessToken?: boolean;
  /** How many milliseconds each query runs longer. */
  slowMs?: number;
}

/** Takes a fault that happens once. */
export function takeOnce<K extends keyof Faults>(faults: Faults, key: K): Faults[K] {
  const value = faults[key];
  delete faults[key];
  return value;
}
