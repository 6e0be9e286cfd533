import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { accepts, answerTo, respond } from '../http/respond.ts';
import { type Answer, matching, pathOf, type Route } from '../http/route.ts';
import { notFound, Refusal } from '../refusal.ts';
import type { World } from '../world.ts';
import { entityRoutes } from './routes/entities.ts';
import { massImportRoutes } from './routes/mass-imports.ts';
import { targetingRoutes } from './routes/targeting.ts';

const TOKEN = '/auth/token';

const routes: Route<World>[] = [
  {
    method: 'GET',
    path: TOKEN,
    handle: ({ tokens }, { request }) => ({ status: 200, json: tokens.issue(request.headers.authorization) }),
  },
  ...entityRoutes,
  ...massImportRoutes,
  ...targetingRoutes,
];

/** Serves one call of Actito's API. */
export async function callApi(
  world: World,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  response.setHeader('Date', new Date(world.clock.now()).toUTCString());
  const path = pathOf(request);
  let end: (() => void) | undefined;
  let answer: Answer;
  try {
    end = world.calls.begin();
    answer = await handle(world, path, request, response);
  } catch (error) {
    answer = answerTo(error);
  }
  const worked = answer.status < 300 && request.method !== 'GET';
  if (worked && world.faults.strike('lostAnswer', path)) request.socket.destroy();
  request.resume(); // reads the rest of a refused body, so that the caller sees the refusal
  end?.(); // before the answer, because the caller may call again immediately
  await respond(response, answer);
}

async function handle(
  world: World,
  path: string,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<Answer> {
  const candidates = matching(routes, path);
  const chosen = candidates.find(({ route }) => route.method === request.method);
  const documented = chosen !== undefined && !chosen.route.assumed;
  world.calls.count(`${request.method} ${chosen?.route.path ?? 'elsewhere'}`, documented);

  await strikeFaults(world, path, response);
  if (chosen?.route.path !== TOKEN) {
    world.tokens.check(request.headers.authorization);
    strikeForbidden(world, path, request.method);
  }
  if (!chosen) {
    if (candidates.length === 0) throw notFound('This path');
    response.setHeader('Allow', candidates.map(({ route }) => route.method).join(', '));
    throw new Refusal(405, `There is no ${request.method} here.`);
  }
  const { route, params } = chosen;
  if (route.assumed && world.licence.assumedRoutes === 404) throw notFound('This path');
  const { produces = ['application/json'] } = route;
  if (!accepts(request.headers.accept, produces)) {
    throw new Refusal(406, `The answer is ${produces.join(' or ')}, which Accept excludes.`);
  }
  if (params.entity !== undefined && params.entity !== world.settings.entity) throw notFound('This entity');
  if (params.table !== undefined && params.table !== world.profiles.id) throw notFound('This profile table');
  return route.handle(world, { params, request });
}

/** The faults that replace an answer, with their status. */
const REFUSING = [
  ['tooManyRequests', 429],
  ['serverError', 500],
] as const;

async function strikeFaults(
  { faults, tokens }: World,
  path: string,
  response: ServerResponse,
): Promise<void> {
  const slow = faults.strike('slow', path);
  if (slow) await delay(slow.milliseconds);
  for (const [name, status] of REFUSING) {
    const refused = faults.strike(name, path);
    if (!refused) continue;
    if (refused.retryAfter !== undefined) response.setHeader('Retry-After', refused.retryAfter);
    throw new Refusal(status, `${status} by a fault switch.`);
  }
  // Without a route, this fault simulates tokens that expire early, not a revoked key.
  const unauthorized = faults.pending('unauthorized', path);
  if (unauthorized && (unauthorized.route !== undefined || path !== TOKEN)) {
    faults.strike('unauthorized', path);
    tokens.forget();
    throw new Refusal(401, 'The access token was forgotten by a fault switch.');
  }
}

function strikeForbidden({ faults }: World, path: string, method: string | undefined): void {
  const forbidden = faults.pending('forbidden', path);
  if (!forbidden || (forbidden.method ?? method) !== method) return;
  faults.strike('forbidden', path);
  throw new Refusal(403, 'The API user lacks this right, by a fault switch.');
}
