import type { z } from 'zod';
import type { Route } from '../../activation/definition/contract.ts';
import type { Failure } from '../../contract/failure.ts';
import { isFailure } from '../../contract/failure.ts';
import { fieldNames } from '../../contract/field-names.ts';
import type { RouteCheck } from '../../contract/inspect.ts';
import type { NotCheckedReason } from '../../contract/messages/contract-check.ts';
import { tell } from '../../contract/messages/tell.ts';
import type { ActitoClient } from '../api/client.ts';
import { isAssumed, ROUTE_MARKS, ROUTES, type Paths } from '../contract.ts';

/** A license whose routes are compared with the contract. */
export interface Examined {
  client: ActitoClient;
  paths: Paths;
}

/** What a look at an answer found, besides its route, status and fields. */
type Found = Pick<RouteCheck, 'result' | 'says'> & { settings?: string[] };

/** A check, and the part of the answer that later checks use; undefined: it does not have the expected structure. */
interface Looked<T> {
  check: RouteCheck;
  found?: T;
}

export const AS_ASSUMED: Found = { result: 'asAssumed', says: tell('routeAsAssumed', {}) };

/** Routes that only a run can check, because they write: they are called with POST, all others with GET. */
export const WRITING: readonly Route[] = ['changeRequests', 'executions', 'etlExecutions'];

/**
 * The check of a route, with its name, mark and path. A custom path may contain names or a key, so only its
 * setting is shown.
 */
export function checkOf(
  { paths }: Pick<Examined, 'paths'>,
  route: Route,
  { settings = [], ...found }: Found,
  { status = null, fields = [] }: Partial<Pick<RouteCheck, 'status' | 'fields'>> = {},
): RouteCheck {
  const shown = paths[route] === undefined ? ROUTES[route] : `your own path (contract.paths.${route})`;
  const call = `${WRITING.includes(route) ? 'POST' : 'GET'} ${shown}`;
  return { route, mark: ROUTE_MARKS[route], call, ...found, status, fields, settings };
}

export function notChecked(
  examined: Pick<Examined, 'paths'>,
  route: Route,
  why: NotCheckedReason,
): RouteCheck {
  return checkOf(examined, route, { result: 'notChecked', says: tell('routeNotChecked', { why }) });
}

/**
 * Reads a route and compares the answer with the shape that the connector expects.
 * @param judge what a fitting answer means; default: it is as assumed
 * @param missing settings that follow if the route does not exist
 */
export async function look<S extends z.ZodType>(
  examined: Examined,
  request: { route: Route; parts: Record<string, string> },
  shape: S,
  {
    judge = () => AS_ASSUMED,
    missing = [],
  }: { judge?: (found: z.output<S>) => Found; missing?: string[] } = {},
): Promise<Looked<z.output<S>>> {
  const { route } = request;
  try {
    const { status, isPage, body } = await examined.client.read(request);
    if (isPage || body === undefined) {
      const says = tell('routeAnswersOther', { page: isPage });
      return { check: checkOf(examined, route, { result: 'differs', says }, { status }) };
    }
    const seen = { status, fields: fieldNames(body) };
    const { data, error } = shape.safeParse(body);
    if (!error) return { check: checkOf(examined, route, judge(data), seen), found: data };
    return {
      check: checkOf(
        examined,
        route,
        { result: 'differs', says: tell('routeDiffers', { at: placesOf(error) }) },
        seen,
      ),
    };
  } catch (error) {
    return { check: failedCheck(examined, route, error, missing) };
  }
}

/** The check of a route whose call failed. The failure's own text can name hosts, so only its name is shown. */
export function failedCheck(
  examined: Pick<Examined, 'paths'>,
  route: Route,
  error: unknown,
  missing: string[] = [],
): RouteCheck {
  if (!isFailure(error)) throw error;
  const status = statusOf(error);
  if (error.told.reason === 'actitoFindsNothing') {
    const says = tell('routeNotFound', { route, assumed: isAssumed(route) });
    return checkOf(examined, route, { result: 'notFound', says, settings: missing }, { status });
  }
  const says = tell('routeFailed', { reason: error.told.reason });
  return checkOf(examined, route, { result: 'failed', says }, { status });
}

function statusOf({ told: { facts } }: Failure): number | null {
  const { status } = facts as { status?: unknown };
  return typeof status === 'number' ? status : null;
}

/** Where an answer differs: `lists[].id`, once for all items. */
function placesOf({ issues }: z.ZodError): string[] {
  const places = issues.map(({ path }) =>
    path.map((part) => (typeof part === 'number' ? '[]' : `.${String(part)}`)).join(''),
  );
  return [...new Set(places.map((place) => place.replace(/^\./, '')))].slice(0, 20);
}
