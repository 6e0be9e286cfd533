import type { IncomingMessage } from 'node:http';
import type { z } from 'zod';
import { invalid } from '../refusal.ts';

const LARGEST_BODY = 1_000_000;

/** @throws Refusal 400 unless the request's body is JSON with that content type, and not too large. */
export async function readJson(request: IncomingMessage): Promise<unknown> {
  if (!/^application\/json\b/.test(request.headers['content-type'] ?? '')) {
    throw invalid('The body is not application/json.');
  }
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes <= LARGEST_BODY) chunks.push(chunk); // reads the rest, so that the answer arrives
  }
  if (bytes > LARGEST_BODY) throw invalid('The body is too long.');
  try {
    return JSON.parse(Buffer.concat(chunks).toString());
  } catch {
    throw invalid('The body is not JSON.');
  }
}

/** Checks the shape of a body. Unknown fields are refused, as by a strict server. */
export function shaped<S extends z.ZodType>(schema: S, body: unknown): z.output<S> {
  const parsed = schema.safeParse(body);
  if (parsed.success) return parsed.data;
  const issues = parsed.error.issues.map((issue) => `${issue.path.join('.') || 'body'}: ${issue.message}`);
  throw invalid(issues.join('; '));
}
