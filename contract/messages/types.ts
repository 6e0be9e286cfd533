/**
 * All failure types. Each driver (warehouse, Actito's API, file delivery, state) maps foreign errors to a reason
 * (messages/), and each reason has one of these types. Activities pass the type to Temporal unchanged, so Temporal's
 * web UI shows the names of this table.
 */
export const FAILURE_TYPES = {
  /** The argument of the workflow is invalid. */
  InvalidActivation: { retryable: false },
  /** The project folder, or an environment variable that it refers to, is invalid. */
  ConfigurationInvalid: { retryable: false },
  /** The mapping cannot work: a column is missing, or a column type or an attribute cannot be sent. */
  MappingInvalid: { retryable: false },
  /** The warehouse rejected the segment's query. */
  SegmentQueryFailed: { retryable: false },
  /** The warehouse is unreachable, or the connection broke. */
  SourceUnavailable: { retryable: true },
  /** A guard held the run before its first write. */
  GuardTripped: { retryable: false },
  /** The warehouse, the state or the mapping has changed since the plan was made. */
  PlanStale: { retryable: false },
  /** There is no such plan, or it is not waiting for a decision. */
  PlanUnknown: { retryable: false },
  /** An attribute exists in Actito with another type. */
  AttributeConflict: { retryable: false },
  /** A list of this name exists and does not belong to the activation. */
  ListConflict: { retryable: false },
  /** Actito rejects the request itself (400, 403, 404, 405, 406). */
  ActitoRefused: { retryable: false },
  /** The API key is wrong, revoked or lacks rights. */
  ActitoUnauthorized: { retryable: false },
  /** Actito is unreachable, overloaded or failing (timeout, 429, 5xx). */
  ActitoUnavailable: { retryable: true },
  /** Actito has not finished an import yet. */
  ImportPending: { retryable: true },
  /** Actito reports an import as failed. */
  ImportFailed: { retryable: false },
  /** Actito has not retrieved the delivered list yet. */
  ListPending: { retryable: true },
  /** Actito has retrieved the list, but matched none of its members. */
  NobodyTargeted: { retryable: false },
  /** The file server is unreachable, or the connection broke. */
  DeliveryUnavailable: { retryable: true },
  /** The file server rejects the login, the host key, the directory or an operation. */
  DeliveryRefused: { retryable: false },
  /** A file of Actito's export of profiles is not complete, or not in its format. */
  ExportInvalid: { retryable: false },
  /** The state differs from what Actito acknowledged: someone changed or restored its tables. */
  StateDamaged: { retryable: false },
  /** The worker's temporary folder is full or not writable. */
  WorkerDiskFull: { retryable: true },
  /** A newer run holds the lease, so this run must not write any more. */
  RunSuperseded: { retryable: false },
  /** The state database is unreachable, or the connection broke. */
  StateUnavailable: { retryable: true },
  /** The state database rejects a statement: a defect, or a schema that someone changed. */
  StateRefused: { retryable: false },
  /** No Temporal server is responding. */
  TemporalUnavailable: { retryable: true },
  /** A run holds the activation. The caller must wait for its end. */
  RunUnderWay: { retryable: true },
  /** A different request for the same activation is running. */
  ActivationBusy: { retryable: false },
  /** A step did not end within its timeout, including retries. */
  TimedOut: { retryable: true },
  /** An impossible situation by our own rules. It is retried, because it may be an unknown race condition. */
  Defect: { retryable: true },
} as const;

export type FailureType = keyof typeof FAILURE_TYPES;
