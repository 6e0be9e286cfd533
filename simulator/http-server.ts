import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { callApi } from './api/call-api.ts';
import { callControl } from './control/call-control.ts';
import { CONTROL_PREFIX } from './control/control-routes.ts';
import { pathOf } from './http/route.ts';
import type { Inspection } from './inspection.ts';
import { callPage, isPage } from './page/call-page.ts';
import type { World } from './world.ts';

export interface HttpServer {
  port: number;
  stop(): Promise<void>;
}

interface HttpOptions {
  host: string;
  port: number;
  /** Returns the current world. */
  world: () => World;
  inspection: Inspection;
}

/** Starts the server for Actito's API, for the inspection with its own prefix, and for the marketer's pages. */
export async function startHttpServer({ host, port, world, inspection }: HttpOptions): Promise<HttpServer> {
  const serve = async (request: IncomingMessage, response: ServerResponse) => {
    const path = pathOf(request);
    if (path.startsWith(`${CONTROL_PREFIX}/`)) await callControl(inspection, request, response);
    else if (isPage(request)) await callPage(world(), request, response);
    else await callApi(world(), request, response);
  };
  const server = createServer((request, response) => {
    request.on('error', () => response.destroy()); // the caller has disconnected
    // A stream failed after its status was sent, so the caller must notice an incomplete answer.
    serve(request, response).catch((error: Error) => response.destroy(error));
  });
  server.listen(port, host);
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    stop: async () => {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}
