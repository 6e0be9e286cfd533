import { Failure } from './failure.ts';

/** gRPC status codes by number: https://grpc.github.io/grpc/core/md_doc_statuscodes.html */
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

/** Returns the gRPC status of an error of Temporal's server or the connection to it; undefined for other errors. */
export function temporalCode(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null) return undefined;
  const { name, code, details, metadata, cause } = error as Record<string, unknown>;
  if (typeof code === 'number' && details !== undefined && metadata !== undefined) return STATUS[code];
  const wraps = name === 'ServiceError' || name === 'TransportError' || name === 'Error';
  return wraps && cause !== error ? temporalCode(cause) : undefined;
}

/**
 * Converts Temporal's error to one of ours, without its text, which may repeat the request. Undefined for other errors.
 */
export function temporalFailure(error: unknown): Failure | undefined {
  const code = temporalCode(error);
  return code === undefined ? undefined : new Failure('temporalRefused', { code });
}
