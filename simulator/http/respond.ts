import type { ServerResponse } from 'node:http';
import { pipeline } from 'node:stream/promises';
import type { Answer } from './route.ts';
import { Refusal } from '../refusal.ts';

/** Sends an answer; resolves when it was sent, or when the caller has disconnected. */
export async function respond(response: ServerResponse, answer: Answer): Promise<void> {
  if (answer.location !== undefined) response.setHeader('Location', answer.location);
  response.statusCode = answer.status;
  if (answer.stream) {
    response.setHeader('Content-Type', answer.stream.type);
    await pipeline(answer.stream.content, response).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'ERR_STREAM_PREMATURE_CLOSE') throw error;
    });
  } else if (answer.json === undefined) response.end();
  else {
    response.setHeader('Content-Type', 'application/json; charset=utf-8');
    response.end(JSON.stringify(answer.json));
  }
}

/** Returns the answer to a failed call: the status of a refusal, or 500 for a bug of the simulator. */
export function answerTo(error: unknown): Answer {
  const message = error instanceof Error ? error.message : String(error);
  return { status: error instanceof Refusal ? error.status : 500, json: { message } };
}

/** Whether an `Accept` header allows one of these media types. A missing header allows all. */
export function accepts(header: string | undefined, types: readonly string[]): boolean {
  const ranges = (header ?? '*/*').split(',').map((range) => range.trim().toLowerCase());
  return ranges.some((range) => {
    const [type, ...parameters] = range.split(';').map((part) => part.trim());
    if (parameters.some((parameter) => /^q=0(\.0*)?$/.test(parameter))) return false;
    return types.some((each) => type === each || type === '*/*' || type === each.replace(/\/.*/, '/*'));
  });
}
