import diagnostics from 'node:diagnostics_channel';
import type { IncomingMessage, ServerResponse } from 'node:http';

/** What the callers of a simulator in this process did, seen from its HTTP server. */
export interface ObservedCalls {
  /** Calls that were answered, or broke off. */
  calls: number;
  /** Calls under way at one time, at most. */
  most: number;
  /** Answers of 429. */
  refused: number;
  stop(): void;
}

const STARTED = 'http.server.request.start';

/** Watches the calls of Actito's API from now on; the simulator's own inspection is none. */
export function observeCalls(apiUrl: string): ObservedCalls {
  const { host } = new URL(apiUrl);
  let underWay = 0;
  const onStart = (message: unknown) => {
    const { request, response } = message as { request: IncomingMessage; response: ServerResponse };
    if (request.headers.host !== host || request.url!.startsWith('/__simulator')) return;
    seen.most = Math.max(seen.most, ++underWay);
    response.once('close', () => {
      underWay--;
      seen.calls++;
      if (response.statusCode === 429) seen.refused++;
    });
  };
  const seen = { calls: 0, most: 0, refused: 0, stop: () => void diagnostics.unsubscribe(STARTED, onStart) };
  diagnostics.subscribe(STARTED, onStart);
  return seen;
}
