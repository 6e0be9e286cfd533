import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ActitoClient, type ActitoOptions } from '../../actito/api/client.ts';
import { resolveActivation, type Definition } from '../../activation/definition/definition.ts';
import { contractSchema } from '../../activation/definition/contract.ts';
import { destinationSchema } from '../../activation/definition/destination.ts';
import { sourceSchema } from '../../activation/definition/source.ts';
import type { Column } from '../../activation/values/kinds.ts';
import type { Simulator } from '../../simulator/start.ts';
import { activationFile } from '../support/activation-files.ts';

export { failureOf } from '../support/failure-of.ts';

/** The contract without any setting. */
export const USUAL_CONTRACT = contractSchema.parse({});
export const USUAL_PARTS = USUAL_CONTRACT.importParts;

/** A client without slots: their limits are tested with the state. */
export function clientFor(
  { apiUrl, apiKey }: { apiUrl: string; apiKey: string },
  changes: Partial<ActitoOptions> = {},
): ActitoClient {
  return new ActitoClient({
    baseUrl: apiUrl,
    apiKey,
    withSlot: (call) => call(),
    signal: new AbortController().signal,
    ...changes,
  });
}

/** A server whose answers the test decides: for answers that the simulator would never give. */
export interface ScriptedServer {
  apiUrl: string;
  apiKey: string;
  requests: string[];
  stop(): Promise<void>;
}

type Script = (request: IncomingMessage, response: ServerResponse) => void;

let keys = 0;

/** Gives a token to every client; `script` answers all other calls. */
export async function startScripted(script: Script, token: Script = giveToken): Promise<ScriptedServer> {
  const requests: string[] = [];
  const server = createServer((request, response) => {
    requests.push(`${request.method} ${request.url}`);
    (request.url === '/auth/token' ? token : script)(request, response);
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return {
    apiUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    apiKey: `the-api-key-${++keys}`,
    requests,
    stop: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

export const TOKEN = 'the-access-token';

function giveToken(_request: IncomingMessage, response: ServerResponse): void {
  json(200, { accessToken: TOKEN, tokenType: 'bearer', expiresIn: '900s' })(_request, response);
}

/** Answers with a status and a JSON body. */
export function json(status: number, body: unknown): Script {
  return text(status, JSON.stringify(body), 'application/json');
}

export function text(status: number, body: string | Buffer, type = 'text/plain'): Script {
  return (request, response) => {
    request.resume();
    response.writeHead(status, { 'Content-Type': type });
    response.end(body);
  };
}

/** A text column of the warehouse, which fits every type of Actito. */
export function textColumn(name: string): Column {
  return { name, kind: 'text', databaseType: 'text' };
}

/** A definition whose destination is a simulator. */
export function definitionFor(
  { apiUrl, entity, profileTable, sftp: { host, port, username, directory, hostKey } }: Simulator,
  activation: object = {},
  delivery: object = {},
  contract: object = {},
): Definition {
  const file = {
    source: 'shop',
    destination: 'actito',
    segment: { name: 'VIP', table: 'people' },
    matchingKey: { column: 'email', type: 'email', attribute: 'emailAddress' },
    ...activation,
  };
  return {
    activation: resolveActivation('vip', activationFile(file)),
    source: sourceSchema.parse({ driver: 'postgres', connection: { env: 'SHOP_URL' } }),
    destination: destinationSchema.parse({
      baseUrl: apiUrl,
      apiKey: { env: 'KEY' },
      entity,
      profileTable: profileTable.name,
      delivery: {
        protocol: 'sftp',
        host,
        port,
        username,
        directory,
        hostKey,
        password: { env: 'P' },
        ...delivery,
      },
      contract,
    }),
  };
}
