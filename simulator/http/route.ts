import type { IncomingMessage } from 'node:http';
import type { Readable } from 'node:stream';
import { invalid } from '../refusal.ts';

/** The answer of a route: JSON, or a stream of another type. */
export interface Answer {
  status: number;
  json?: unknown;
  stream?: { type: string; content: Readable };
  /** The path of the created object. */
  location?: string;
}

/** A method of a path; `C` is the context of its handler. */
export interface Route<C> {
  method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** A template such as `/entities/{entity}`. */
  path: string;
  /** The route is not documented, so a license may answer it with 404. */
  assumed?: true;
  /** Media types of the answer, default JSON. The caller's `Accept` must allow one. */
  produces?: string[];
  handle(
    context: C,
    call: { params: Record<string, string>; request: IncomingMessage },
  ): Answer | Promise<Answer>;
}

/** Returns the path of a request, without its query. */
export function pathOf({ url = '/' }: IncomingMessage): string {
  return url.replace(/\?.*/s, '');
}

/** Returns the query parameters of a request. */
export function queryOf({ url = '/' }: IncomingMessage): URLSearchParams {
  return new URLSearchParams(/\?(.*)/s.exec(url)?.[1] ?? '');
}

/** Returns the routes of a path for any method, with the values of the template's parameters. */
export function matching<C>(routes: readonly Route<C>[], pathname: string) {
  return routes.flatMap((route) => {
    const params = paramsOf(route.path, pathname);
    return params ? [{ route, params }] : [];
  });
}

function paramsOf(template: string, pathname: string): Record<string, string> | undefined {
  const expected = template.split('/');
  const given = pathname.split('/');
  if (expected.length !== given.length) return undefined;
  const params: Record<string, string> = {};
  for (const [i, segment] of expected.entries()) {
    const name = /^\{(.+)\}$/.exec(segment)?.[1];
    if (name !== undefined && given[i] !== '') params[name] = decoded(given[i]!);
    else if (segment !== given[i]) return undefined;
  }
  return params;
}

function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    throw invalid('The path is not properly encoded.');
  }
}
