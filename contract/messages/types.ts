/**
 * The one vocabulary of failures. Each driver (warehouse, Actito's API, file delivery, state) maps what its
 * vendor says to a reason (messages/), and each reason has one of these types; activities hand them to Temporal
 * unchanged, so the word that an engineer reads in the web UI is the word in this table.
 */
export const FAILURE_TYPES = {
  /** The workflow was started with an unusable argument. */
  InvalidActivation: { retryable: false },
  /** The project folder, or an environment variable that it names, is not usable. */
  ConfigurationInvalid: { retryable: false },
  /** The mapping cannot work: a missing column, a column type or an attribute that cannot be sent. */
  MappingInvalid: { retryable: false },
  /** The warehouse refused the segment's query. */
  SegmentQueryFailed: { retryable: false },
  /** The warehouse cannot be reached, or broke off. */
  SourceUnavailable: { retryable: true },
  /** A guard held the run before its first write. */
  GuardTripped: { retryable: false },
  /** The warehouse, the state or the mapping moved on since the plan that should be applied was made. */
  PlanStale: { retryable: false },
  /** No such plan was made, or none that waits for a decision. */
  PlanUnknown: { retryable: false },
  /** An attribute exists in Actito with another type. */
  AttributeConflict: { retryable: false },
  /** A list of this name exists and is not ours. */
  ListConflict: { retryable: false },
  /** Actito refuses the request as it is (400, 403, 404, 405, 406). */
  ActitoRefused: { retryable: false },
  /** The API key is wrong, revoked or lacks rights. */
  ActitoUnauthorized: { retryable: false },
  /** Actito is unreachable, overloaded or failing (time-out, 429, 5xx). */
  ActitoUnavailable: { retryable: true },
  /** Actito has not finished an import yet. */
  ImportPending: { retryable: true },
  /** Actito reports an import as failed. */
  ImportFailed: { retryable: false },
  /** Actito has not retrieved the delivered list yet. */
  ListPending: { retryable: true },
  /** Actito has retrieved the list, and knows none of its members. */
  NobodyTargeted: { retryable: false },
  /** The file server cannot be reached, or broke off. */
  DeliveryUnavailable: { retryable: true },
  /** The file server refuses us: credentials, host key, directory, rights. */
  DeliveryRefused: { retryable: false },
  /** A file of Actito's export of profiles is not complete, or not in its format. */
  ExportInvalid: { retryable: false },
  /** The state is not what was acknowledged: someone changed or restored its tables. */
  StateDamaged: { retryable: false },
  /** The worker's temporary folder is full, or cannot be written to. */
  WorkerDiskFull: { retryable: true },
  /** A newer run holds the lease: this one must not write any more. */
  RunSuperseded: { retryable: false },
  /** Our own PostgreSQL cannot be reached, or broke off. */
  StateUnavailable: { retryable: true },
  /** Our own PostgreSQL refuses a statement: a defect, or a schema that someone changed. */
  StateRefused: { retryable: false },
  /** No Temporal server answers. */
  TemporalUnavailable: { retryable: true },
  /** A run holds the activation: what must not happen beside it waits for its end. */
  RunUnderWay: { retryable: true },
  /** A different request for the same activation is running. */
  ActivationBusy: { retryable: false },
  /** A step did not end within its time, tries included. */
  TimedOut: { retryable: true },
  /** What cannot be by our own rules; tried again, since it may have been a race that we do not know. */
  Defect: { retryable: true },
} as const;

export type FailureType = keyof typeof FAILURE_TYPES;
