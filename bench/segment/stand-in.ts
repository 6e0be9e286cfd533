import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What the stand-in has received. */
export interface Received {
  imports: number;
  bytes: number;
}

const TABLE = { id: '16', name: 'Profiles' };
type Answer = (request: IncomingMessage, id: string) => object | Promise<object>;

/**
 * A stand-in for Actito that costs nothing. It reads the body of every import without parsing it, reports SUCCESS at
 * the first request, and reports for every list that Actito has just retrieved its file.
 */
export async function startStandIn({ host, directory }: { host: string; directory: string }) {
  const attributes: object[] = [
    { type: 'EMAIL_ADDRESS', name: 'emailAddress', unique: true, mandatory: true },
    { type: 'FIRSTNAME', name: 'firstName' },
    { type: 'CUSTOM', name: 'country', valueType: 'STRING', valueRestriction: { maxLength: 255 } },
  ];
  const synchronizations: object[] = [];
  const lists = new Map<string, object>();
  const received = { imports: 0, bytes: 0 };
  let lastId = 0;
  let lastMoment = 0;

  const newId = () => String(++lastId);

  /** Every request finds a newer retrieval, because the connector waits for one after its delivery. */
  function asRetrieved(list: object): object {
    lastMoment = Math.max(Date.now(), lastMoment + 1);
    const lastRetrievedFile = { name: 'bench.csv', retrievedMoment: new Date(lastMoment).toISOString() };
    return { ...list, lastRetrievedFile };
  }

  async function readJson(request: IncomingMessage): Promise<Record<string, unknown>> {
    let text = '';
    for await (const chunk of request) text += String(chunk);
    return JSON.parse(text) as Record<string, unknown>;
  }

  async function swallow(request: IncomingMessage): Promise<object> {
    for await (const chunk of request) received.bytes += (chunk as Buffer).length;
    received.imports++;
    return { id: newId() };
  }

  async function addAttributes(request: IncomingMessage): Promise<object> {
    const { changes } = (await readJson(request)) as { changes: { attribute: object }[] };
    attributes.push(...changes.map(({ attribute }) => attribute));
    return { id: newId() };
  }

  async function addSynchronization(request: IncomingMessage): Promise<object> {
    const id = newId();
    synchronizations.push({ ...(await readJson(request)), id });
    return { id };
  }

  async function addList(request: IncomingMessage): Promise<object> {
    const id = newId();
    lists.set(id, { ...(await readJson(request)), id });
    return { id };
  }

  async function changeList(request: IncomingMessage, id: string): Promise<object> {
    lists.set(id, { ...(await readJson(request)), id });
    return asRetrieved(lists.get(id)!);
  }

  /** Method and end of the path; `*` is an id. */
  const ROUTES: [string, Answer][] = [
    ['GET /auth/token', () => ({ accessToken: 'bench', expiresIn: '900s' })],
    ['GET /entities', () => ({ entities: [{ name: 'shop' }] })],
    ['GET /profile-tables', () => ({ profileTables: [TABLE] })],
    ['GET /profile-tables/*', () => ({ ...TABLE, attributes })],
    ['POST /change-requests', addAttributes],
    ['GET /etl-executions', () => ({ etlExecutions: [] })],
    ['POST /etl-executions', swallow],
    ['GET /etl-executions/*', () => ({ status: 'SUCCESS' })],
    ['GET /etl-executions/*/result', () => ({ withErrors: false, rowsInError: 0 })],
    [
      'GET /file-transfer-locations',
      () => ({ fileTransferLocations: [{ id: '1', name: 'bench', host, directory }] }),
    ],
    ['GET /file-synchronizations', () => ({ fileSynchronizations: synchronizations })],
    ['POST /file-synchronizations', addSynchronization],
    ['GET /external-target-lists', () => ({ externalTargetLists: [...lists.values()].map(asRetrieved) })],
    ['POST /external-target-lists', addList],
    ['GET /external-target-lists/*', (_, id) => asRetrieved(lists.get(id) ?? {})],
    ['PUT /external-target-lists/*', changeList],
  ];
  const routes = ROUTES.map(([route, answer]) => {
    const [method, path] = route.split(' ') as [string, string];
    return { method, path: new RegExp(`${path.replace('*', '([^/]+)')}$`), answer };
  });

  const server = createServer((request, response) => {
    const [path] = request.url!.split('?') as [string];
    const route = routes.find((each) => each.method === request.method && each.path.test(path));
    const answering = async () => {
      if (!route) throw new Error(`The stand-in has no route for ${request.method} ${path}.`);
      const body = await route.answer(request, route.path.exec(path)![1] ?? '');
      response.writeHead(request.method === 'POST' ? 201 : 200, { 'Content-Type': 'application/json' });
      response.end(JSON.stringify(body));
    };
    answering().catch((error: Error) => {
      console.error(error.message);
      if (!response.headersSent) response.writeHead(404).end(JSON.stringify({ message: error.message }));
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    received: received as Readonly<Received>,
    stop: async () => {
      server.closeAllConnections();
      server.close();
    },
  };
}
