import type { Translated } from './translate.ts';

/** An error of a job: https://cloud.google.com/bigquery/docs/reference/rest/v2/ErrorProto */
export interface ErrorProto {
  reason: string;
  location?: string;
  message: string;
}

/**
 * HTTP codes of reasons: https://cloud.google.com/bigquery/docs/error-messages; 499 of "stopped":
 * https://github.com/dbt-labs/dbt-adapters/pull/1974
 */
const CODES: Record<string, [code: number, status: string]> = {
  invalid: [400, 'INVALID_ARGUMENT'],
  invalidQuery: [400, 'INVALID_ARGUMENT'],
  bytesBilledLimitExceeded: [400, 'INVALID_ARGUMENT'],
  authError: [401, 'UNAUTHENTICATED'],
  accessDenied: [403, 'PERMISSION_DENIED'],
  notFound: [404, 'NOT_FOUND'],
  duplicate: [409, 'ALREADY_EXISTS'],
  rateLimitExceeded: [429, 'RESOURCE_EXHAUSTED'],
  stopped: [499, 'CANCELLED'],
  internalError: [500, 'INTERNAL'],
  backendError: [503, 'UNAVAILABLE'],
};

/** What the API answers instead of a resource. */
export class ApiError extends Error {
  readonly proto: ErrorProto;
  readonly code: number;
  readonly status: string;

  constructor(proto: ErrorProto, code = CODES[proto.reason]?.[0] ?? 400) {
    super(proto.message);
    this.proto = proto;
    this.code = code;
    this.status = CODES[proto.reason]?.[1] ?? 'INVALID_ARGUMENT';
  }

  /** The body of the answer. A query's error is located at the parameter `q`, in a job at "query". */
  body() {
    const { reason, location, message } = this.proto;
    const located =
      location === 'query'
        ? { location: 'q', locationType: 'parameter' }
        : location === 'Authorization'
          ? { location, locationType: 'header' }
          : location === undefined
            ? {}
            : { location };
    const { code, status } = this;
    return { error: { code, message, errors: [{ message, domain: 'global', reason, ...located }], status } };
  }
}

/** An error of DuckDB as JSON (`errors_as_json`). */
interface DuckDbError {
  exception_type: string;
  exception_message: string;
  position?: string;
  error_subtype?: string;
  type?: string;
  name?: string;
}

/** Where an error is told: the query, and its dataset and place. */
interface ErrorContext {
  query: string;
  translated: Translated;
  project: string;
  location: string;
  defaultDataset: string | undefined;
  /** Whether the error's position counts from the beginning of the translated text. */
  positioned: boolean;
}

/** Says an error of DuckDB as BigQuery does, with `at [line:column]` for errors of syntax and of names. */
export function bigqueryError(error: unknown, context: ErrorContext): ApiError {
  const { exception_type, exception_message, position, type, name } = parsed(error);
  const offset =
    position === undefined || !context.positioned
      ? undefined
      : originOf(context.translated, Number(position));
  const at = offset === undefined ? '' : ` at [${placeOf(context.query, offset)}]`;
  const invalid = (message: string) => new ApiError({ reason: 'invalidQuery', location: 'query', message });
  const table =
    type === 'Table' ? name : /^Table with name "?([^" ]+)"? does not exist/.exec(exception_message)?.[1];
  if (table !== undefined) return tableError(table, context);
  if (exception_type === 'Catalog' && name !== undefined) return invalid(`Function not found: ${name}${at}`);
  const column = /^Referenced column "(.*)" not found/.exec(exception_message)?.[1];
  if (column !== undefined) return invalid(`Unrecognized name: ${column}${at}`);
  const conversion = /^Could not convert string '([\s\S]*)' to (\w+)/.exec(exception_message);
  if (conversion) {
    return invalid(`Bad ${conversion[2]!.toLowerCase()} value: ${conversion[1]}`);
  }
  if (exception_type === 'Parser') {
    const near = /at or near "(.*)"/.exec(exception_message)?.[1];
    const unexpected = near === undefined ? 'end of script' : `identifier "${near}"`;
    return invalid(
      `Syntax error: Unexpected ${unexpected}${at || ` at [${placeOf(context.query, context.query.length)}]`}`,
    );
  }
  return /^INTERRUPT/i.test(exception_type)
    ? new ApiError({ reason: 'stopped', message: 'Job execution was cancelled: User requested cancellation' })
    : invalid(`${exception_message.split('\n')[0]}${at}`);
}

/** DuckDB counts bytes. */
function originOf(translated: Translated, position: number): number {
  return translated.origin(Buffer.from(translated.sql).toString('utf8', 0, position).length);
}

function tableError(name: string, { project, location, defaultDataset }: ErrorContext): ApiError {
  const path = name.split('.');
  if (path.length === 1 && defaultDataset === undefined) {
    const message = `Table "${name}" must be qualified with a dataset (e.g. dataset.table).`;
    return new ApiError({ reason: 'invalid', location: name, message });
  }
  const named = path.length === 1 ? `${defaultDataset}.${name}` : path.slice(-2).join('.');
  const message = `Not found: Table ${project}:${named} was not found in location ${location}`;
  return new ApiError({ reason: 'notFound', message });
}

function parsed(error: unknown): DuckDbError {
  const message = error instanceof Error ? error.message : String(error);
  const json = message.slice(Math.max(0, message.indexOf('{')));
  try {
    return JSON.parse(json) as DuckDbError;
  } catch {
    const [, type = 'Other', text = message] = /^(\w+)(?: Error)?: ([\s\S]*)$/.exec(message) ?? [];
    return { exception_type: type, exception_message: text };
  }
}

/** Line and column, each from 1; a tab leads to a column after a multiple of 8. */
function placeOf(query: string, offset: number): string {
  const before = query.slice(0, offset).split(/\r\n|\r|\n/);
  let column = 1;
  for (const character of before.at(-1)!) column += character === '\t' ? 8 - ((column - 1) % 8) : 1;
  return `${before.length}:${column}`;
}
