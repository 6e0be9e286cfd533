import diagnostics from 'node:diagnostics_channel';
import type { IncomingMessage, ServerResponse } from 'node:http';

/** The calls to a simulator in this process, counted at its HTTP server. */
interface ObservedCalls {
  /** Calls that were answered, or broke off. */
  calls: number;
  /** The maximum number of concurrent calls. */
  most: number;
  /** Answers of 429. */
  refused: number;
  stop(): void;
}

const STARTED = 'http.server.request.start';

/** Counts the calls of Actito's API from now on, without the simulator's own inspection. */
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
