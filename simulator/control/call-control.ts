import type { IncomingMessage, ServerResponse } from 'node:http';
import { answerTo, respond } from '../http/respond.ts';
import { type Answer, matching, pathOf } from '../http/route.ts';
import type { Inspection } from '../inspection.ts';
import { invalid, notFound, Refusal } from '../refusal.ts';
import { CONTROL_PREFIX, controlRoutes } from './control-routes.ts';

/** Handles a call of the inspection. All its errors are the caller's fault, so their status is 400. */
export async function callControl(
  inspection: Inspection,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  let answer: Answer;
  try {
    answer = await handle(inspection, request);
  } catch (error) {
    answer = answerTo(error instanceof Refusal ? error : invalid(String(error)));
  }
  request.resume();
  await respond(response, answer);
}

async function handle(inspection: Inspection, request: IncomingMessage): Promise<Answer> {
  const candidates = matching(controlRoutes, pathOf(request).slice(CONTROL_PREFIX.length));
  const chosen = candidates.find(({ route }) => route.method === request.method);
  if (candidates.length === 0) throw notFound('This inspection path');
  if (!chosen) throw new Refusal(405, `There is no ${request.method} here.`);
  return chosen.route.handle(inspection, { params: chosen.params, request });
}
