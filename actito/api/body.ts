import { Readable } from 'node:stream';
import { request, Response, type Dispatcher, type RequestInit } from 'undici';
import { Failure, isFailure } from '../../contract/failure.ts';

/** The maximum number of bytes that are read of an answer, unpacked: for an error, and for JSON. */
export const MOST_BYTES = { refusal: 64 * 1024, json: 32 * 1024 * 1024 };

/** Media types that are reported by name. Any other text of the server could contain anything. */
const KNOWN_TYPES = new Set([
  'application/json',
  'application/octet-stream',
  'application/xml',
  'text/csv',
  'text/plain',
  'text/xml',
]);

/** Answers that must have no body. */
const WITHOUT_BODY = new Set([204, 205, 304]);

/**
 * Sends a file. `fetch`, of undici and Node alike, keeps each piece of a body in memory until the last one is sent;
 * undici's `request` keeps none.
 * @returns the answer in the form of `fetch`
 * @throws TypeError with the network's error as its cause, like `fetch`
 */
export async function upload(
  url: string,
  { method, headers, body, signal, dispatcher }: RequestInit & { body: AsyncIterable<Uint8Array> },
): Promise<Response> {
  const sent = { ...(headers as Record<string, string>), 'Accept-Encoding': 'identity' }; // nothing unpacks the answer
  const answer = await request(url, {
    method: method as Dispatcher.HttpMethod,
    headers: sent,
    body: Readable.from(body, { highWaterMark: 1 }),
    signal,
    dispatcher,
  }).catch(wrapped);
  const { statusCode: status, headers: received } = answer;
  return new Response(WITHOUT_BODY.has(status) ? null : answerBody(answer.body), {
    status,
    headers: received as Record<string, string>,
  });
}

async function* answerBody(body: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  try {
    yield* body;
  } catch (error) {
    wrapped(error);
  }
}

/** Throws an error of the network as `fetch` does. Only there can it be distinguished from errors of the answer's reader. */
function wrapped(error: unknown): never {
  if (isFailure(error) || !(error instanceof Error)) throw error;
  const isEnded = error.name === 'AbortError' || error.name === 'TimeoutError';
  const { code } = error as { code?: unknown };
  throw isEnded || typeof code !== 'string' ? error : new TypeError('fetch failed', { cause: error });
}

/**
 * Reads the beginning of an answer as text. Nothing more is fetched or unpacked: if there is more, the connection ends.
 */
export async function readText(
  response: Response,
  most: number,
): Promise<{ text: string; isWhole: boolean }> {
  if (!response.body) return { text: '', isWhole: true };
  const parts: Uint8Array[] = [];
  let bytes = 0;
  for await (const part of bytesOf(response.body)) {
    const room = most - bytes;
    parts.push(part.length > room ? part.subarray(0, room) : part);
    bytes += part.length;
    if (bytes > most) return { text: decode(parts), isWhole: false };
  }
  return { text: decode(parts), isWhole: true };
}

/** The bytes of a body; leaving the loop ends the connection. */
export async function* bytesOf(body: NonNullable<Response['body']>): AsyncGenerator<Uint8Array> {
  for await (const part of body) yield part as Uint8Array;
}

function decode(parts: Uint8Array[]): string {
  return new TextDecoder().decode(Buffer.concat(parts)); // a byte-order mark is left out
}

/**
 * Reads a JSON answer. The content type alone is no reason to reject it, because gateways change it. An HTML page is
 * reported as a page.
 * @throws Failure if it is too large, no JSON, or a page
 */
export async function readJson(response: Response, call: string): Promise<unknown> {
  const { text, isWhole } = await readText(response, MOST_BYTES.json);
  if (!isWhole) throw tooLarge(call);
  const location = response.headers.get('Location');
  // D: an answer to a creation is 201 with a `Location`; A: its body has the id.
  if (text.trim() === '' && location !== null) return { id: idIn(location) };
  if (isPage(response, text)) throw new Failure('answerIsPage', { call });
  try {
    return JSON.parse(text);
  } catch {
    // The parser's own message would quote the body.
    throw new Failure('answerNotJson', { call, type: knownType(response), cut: isCut(text) || undefined });
  }
}

/** An answer as it came, to a request whose answer is not documented. */
export interface Answer {
  status: number;
  /** It is an HTML page, so it may come from a gateway or proxy. */
  isPage: boolean;
  text: string;
  /** The text as JSON; undefined if it is none. */
  body: unknown;
}

/** Reads an answer without any assumption about its content. @throws Failure if it is too large */
export async function readAnswer(response: Response, call: string): Promise<Answer> {
  const { text, isWhole } = await readText(response, MOST_BYTES.json);
  if (!isWhole) throw tooLarge(call);
  return { status: response.status, isPage: isPage(response, text), text, body: asJson(text) };
}

function asJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // the caller has the text
  }
}

function tooLarge(call: string): Failure {
  return new Failure('answerTooLarge', { call, megabytes: MOST_BYTES.json / 1024 / 1024 });
}

/** Whether the answer is an HTML page. Actito never sends one, but a proxy or gateway can. */
export function isPage(response: Response, text: string): boolean {
  return /^(text\/html|application\/xhtml\+xml)$/.test(typeOf(response)) || /^\s*<(!|html)/i.test(text);
}

function typeOf(response: Response): string {
  return response.headers.get('Content-Type')?.split(';')[0]!.trim().toLowerCase() ?? '';
}

function knownType(response: Response): string | undefined {
  const type = typeOf(response);
  return KNOWN_TYPES.has(type) ? type : undefined;
}

/** The text begins as JSON but does not end as JSON. */
function isCut(text: string): boolean {
  const trimmed = text.trim();
  return /^[[{]/.test(trimmed) && !/[\]}]$/.test(trimmed);
}

function idIn(location: string): string {
  const last = location
    .replace(/[/?#]*$/, '')
    .split('/')
    .at(-1)!;
  try {
    return decodeURIComponent(last);
  } catch {
    return last; // an invalid id is rejected by the shape of the answer
  }
}
