import type { Answer } from '../http/route.ts';
import { notFound } from '../refusal.ts';
import { toNdjson } from './ndjson.ts';

export const DONE: Answer = { status: 204 };

export function ok(json: unknown): Answer {
  return { status: 200, json };
}

/** @throws Refusal 404 if there is no value. */
export function found(value: unknown, what: string): Answer {
  if (value === undefined) throw notFound(what);
  return ok(value);
}

/** One JSON value a line. */
export function lines(values: Iterable<unknown>): Answer {
  return { status: 200, stream: { type: 'application/x-ndjson', content: toNdjson(values) } };
}
