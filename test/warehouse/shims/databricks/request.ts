import type { Parameter } from './sql.ts';

/** The body of `POST /api/2.0/sql/statements`. */
export interface Submission {
  statement: string;
  warehouse_id: string;
  disposition: 'INLINE' | 'EXTERNAL_LINKS';
  format: 'JSON_ARRAY';
  /** Milliseconds. */
  wait: number;
  on_wait_timeout: 'CONTINUE' | 'CANCEL';
  catalog?: string;
  schema?: string;
  row_limit?: number;
  byte_limit?: number;
  parameters: Parameter[];
}

/** Defaults and limits of "Execute Statement"; returns a message if the request is refused. */
export function submissionOf(body: unknown): Submission | string {
  if (typeof body !== 'object' || body === null) return 'Malformed request.';
  const given = body as Partial<Record<string, unknown>>;
  const { statement, warehouse_id: warehouse, wait_timeout: timeout = '10s' } = given;
  if (typeof statement !== 'string') return 'statement is required.';
  if (typeof warehouse !== 'string') return 'warehouse_id is required.';
  const seconds = /^(\d+)s$/.exec(String(timeout))?.[1];
  if (seconds === undefined || !(Number(seconds) === 0 || (Number(seconds) >= 5 && Number(seconds) <= 50))) {
    return 'wait_timeout must be 0s, or between 5s and 50s.';
  }
  const { disposition = 'INLINE', format = 'JSON_ARRAY', on_wait_timeout: action = 'CONTINUE' } = given;
  if (disposition !== 'INLINE' && disposition !== 'EXTERNAL_LINKS') return 'disposition is not valid.';
  if (format !== 'JSON_ARRAY') return 'This shim has the format JSON_ARRAY only.';
  if (action !== 'CONTINUE' && action !== 'CANCEL') return 'on_wait_timeout is not valid.';
  return {
    ...(given as Partial<Submission>),
    statement,
    warehouse_id: warehouse,
    disposition,
    format,
    on_wait_timeout: action,
    wait: Number(seconds) * 1000,
    parameters: (given.parameters as Parameter[] | undefined) ?? [],
  };
}
