import type { IncomingMessage } from 'node:http';
import type { z } from 'zod';
import { invalid } from '../refusal.ts';

const LARGEST_BODY = 1_000_000;

/** Reads a JSON body. @throws Refusal 400 for another content type, invalid JSON, or a body that is too large. */
export async function readJson(request: IncomingMessage): Promise<unknown> {
  if (!/^application\/json\b/.test(request.headers['content-type'] ?? '')) {
    throw invalid('The body is not application/json.');
  }
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes <= LARGEST_BODY) chunks.push(chunk); // reads the rest, so that the client receives the answer
  }
  if (bytes > LARGEST_BODY) throw invalid('The body is too long.');
  try {
    return JSON.parse(Buffer.concat(chunks).toString());
  } catch {
    throw invalid('The body is not JSON.');
  }
}

/** Checks the shape of a body. Unknown fields are refused, as a strict server would. */
export function shaped<S extends z.ZodType>(schema: S, body: unknown): z.output<S> {
  const parsed = schema.safeParse(body);
  if (parsed.success) return parsed.data;
  const issues = parsed.error.issues.map((issue) => `${issue.path.join('.') || 'body'}: ${issue.message}`);
  throw invalid(issues.join('; '));
}
