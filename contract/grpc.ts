import { Failure } from './failure.ts';

/** https://grpc.github.io/grpc/core/md_doc_statuscodes.html, by number. */
const STATUS = [
  'OK',
  'CANCELLED',
  'UNKNOWN',
  'INVALID_ARGUMENT',
  'DEADLINE_EXCEEDED',
  'NOT_FOUND',
  'ALREADY_EXISTS',
  'PERMISSION_DENIED',
  'RESOURCE_EXHAUSTED',
  'FAILED_PRECONDITION',
  'ABORTED',
  'OUT_OF_RANGE',
  'UNIMPLEMENTED',
  'INTERNAL',
  'UNAVAILABLE',
  'DATA_LOSS',
  'UNAUTHENTICATED',
];

/** The code of what Temporal's server, or the way to it, answered; undefined: the error is of another kind. */
export function temporalCode(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null) return undefined;
  const { name, code, details, metadata, cause } = error as Record<string, unknown>;
  if (typeof code === 'number' && details !== undefined && metadata !== undefined) return STATUS[code];
  const wraps = name === 'ServiceError' || name === 'TransportError' || name === 'Error';
  return wraps && cause !== error ? temporalCode(cause) : undefined;
}

/** Temporal's error as one of ours. Its own words may repeat what it was asked, and are not passed on. */
export function temporalFailure(error: unknown): Failure | undefined {
  const code = temporalCode(error);
  return code === undefined ? undefined : new Failure('temporalRefused', { code });
}
