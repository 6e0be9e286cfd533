import { createHash } from 'node:crypto';
import { strFromU8, unzipSync } from 'fflate';
import SftpClient from 'ssh2-sftp-client';
import { afterAll, afterEach, beforeAll, beforeEach, expect, vi } from 'vitest';
import type { ListView } from '../../simulator/lists/target-lists.ts';
import { type Simulator, type SimulatorOptions, startSimulator } from '../../simulator/start.ts';

/** The tests trigger polls, so that none depends on their timing. */
export const NEVER = 3_600_000;

/** One simulator for a test file, new before each test. */
export function simulatorForTests(options: SimulatorOptions = {}): () => Simulator {
  let simulator: Simulator;
  beforeAll(async () => {
    simulator = await startSimulator({ pollInterval: NEVER, ...options });
  });
  beforeEach(() => simulator.reset());
  afterAll(() => simulator.stop());
  return () => simulator;
}

/** Waits for a condition, generously. */
export function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  return vi.waitFor(
    async () => {
      if (!(await condition())) throw new Error('The awaited condition did not come true.');
    },
    { timeout: 20_000, interval: 5 },
  );
}

export interface Reply {
  status: number;
  headers: Headers;
  json: Body;
}

/** The possible fields of all answers; each test knows its own request. */
export interface Body extends ListView {
  id: string;
  status: string;
  message?: string;
  rows?: object;
  etlExecutions: { id: string; status: string; dataFile: string }[];
  attributes: object[];
  externalTargetLists: ListView[];
  fileTransferLocations: { id: string }[];
  fileSynchronizations: { id: string }[];
}

/** Stands for any text in an expected value. */
export const someText: unknown = expect.any(String);

export async function token(simulator: Simulator): Promise<string> {
  const response = await fetch(`${simulator.apiUrl}/auth/token`, {
    headers: { authorization: simulator.apiKey, accept: 'application/json' },
  });
  return ((await response.json()) as { accessToken: string }).accessToken;
}

/** A caller of the API with a token of its own. */
export async function caller({ apiUrl }: Simulator, accessToken: string) {
  return async (method: string, path: string, body?: unknown, headers: object = {}): Promise<Reply> => {
    const response = await fetch(apiUrl + path, {
      method,
      headers: {
        authorization: `Bearer ${accessToken}`,
        ...(body === undefined || body instanceof FormData ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      body: body instanceof FormData ? body : body === undefined ? undefined : JSON.stringify(body),
    });
    const text = await response.text();
    const isJson = response.headers.get('content-type')?.startsWith('application/json');
    return {
      status: response.status,
      headers: response.headers,
      json: (isJson ? JSON.parse(text) : text) as Body,
    };
  };
}

export type Call = Awaited<ReturnType<typeof caller>>;

export async function connect(simulator: Simulator): Promise<Call> {
  return caller(simulator, await token(simulator));
}

export const EXECUTIONS = '/mass-imports/v5/entities/shop/etl-executions';
export const STRUCTURE = '/profile-table-structure/v5/entities/shop/profile-tables';
export const SYNCHRONIZATIONS = '/file-transfers/v5/entities/shop/file-synchronizations';
export const LISTS = '/external-target-lists/v5/entities/shop/profile-tables/16/external-target-lists';

export function definition(columns: string[], more: object = {}) {
  const fileFormat = { separator: ';', encoding: 'UTF-8', header: true };
  return { profileTableId: '16', mode: 'UPDATE_ONLY', fileFormat, key: columns[0], columns, ...more };
}

/** The multipart body of an import. */
export function upload(
  columns: string[],
  content: string | Uint8Array,
  { more = {}, fileType = 'text/csv', fileName = 'data.csv' } = {},
): FormData {
  const form = new FormData();
  const json = JSON.stringify(definition(columns, more));
  form.append('definition', new Blob([json], { type: 'application/json' }));
  form.append('file', new Blob([content], { type: fileType }), fileName);
  return form;
}

export const triggerOf = (etl: string) => `/mass-imports/v5/entities/shop/etls/${etl}/trigger-execution`;

/** The multipart body that triggers an ETL: the data file alone. */
export function dataFile(
  content: string | Uint8Array,
  { fileType = 'text/csv', fileName = 'data.csv' } = {},
): FormData {
  const form = new FormData();
  form.append('file', new Blob([content], { type: fileType }), fileName);
  return form;
}

/** Runs an ETL on a file and waits for the end. @returns the state that the API shows. */
export async function runEtl(call: Call, etl: string, lines: string[], file: object = {}) {
  const created = await call('POST', triggerOf(etl), dataFile(lines.join('\n'), file));
  if (created.status !== 201) throw new Error(JSON.stringify(created.json));
  return ended(call, created.json.id);
}

/** The CSV in an import's result file. */
export async function resultFile(of: Simulator, id: string): Promise<string> {
  const response = await fetch(`${of.apiUrl}${EXECUTIONS}/${id}/result-file`, {
    headers: { authorization: `Bearer ${await token(of)}` },
  });
  expect(response.headers.get('content-type')).toBe('application/zip');
  const entries = Object.values(unzipSync(new Uint8Array(await response.arrayBuffer())));
  expect(entries).toHaveLength(1);
  return strFromU8(entries[0]!);
}

/** Imports lines without a header line, and waits for the end. @returns the state that the API shows */
export async function importRows(call: Call, columns: string[], lines: string[]) {
  const created = await call('POST', EXECUTIONS, upload(columns, [columns.join(';'), ...lines].join('\n')));
  if (created.status !== 201) throw new Error(JSON.stringify(created.json));
  return ended(call, created.json.id);
}

export async function ended(call: Call, id: string) {
  let state: Body | undefined;
  await until(async () => {
    state = (await call('GET', `${EXECUTIONS}/${id}`)).json;
    return !['PENDING', 'RUNNING'].includes(state.status);
  });
  return state!;
}

const open: SftpClient[] = [];
afterEach(async () => {
  for (const client of open.splice(0)) await client.end();
});

/** An SFTP connection that has checked the host key; closed after the test. */
export async function sftp(
  { sftp: { host, port, username, password, hostKey } }: Simulator,
  login: object = {},
) {
  // Without callbacks of its own the client writes to the console; tests see failures by their calls.
  const quiet = { error: () => {}, end: () => {}, close: () => {} };
  const client = new SftpClient('test', quiet);
  open.push(client);
  await client.connect({
    host,
    port,
    username,
    password,
    hostVerifier: (key: Buffer) =>
      `SHA256:${createHash('sha256').update(key).digest('base64').replace(/=+$/, '')}` === hostKey,
    ...login,
  });
  return client;
}

/** Creates a file synchronization and its list. @returns the id of the list */
export async function createList(call: Call, name = 'VIP', more: object = {}): Promise<string> {
  const locations = await call('GET', '/file-transfers/v5/entities/shop/file-transfer-locations');
  const synchronization = await call('POST', SYNCHRONIZATIONS, {
    name,
    fileName: `${name}.csv`,
    separator: ';',
    encoding: 'UTF-8',
    fileTransferLocationId: locations.json.fileTransferLocations[0]!.id,
  });
  const list = await call('POST', LISTS, listBody(name, synchronization.json.id, more));
  if (list.status !== 201) throw new Error(JSON.stringify(list.json));
  return list.json.id;
}

export function listBody(name: string, fileSynchronizationId: string, more: object = {}) {
  const fixed = { description: '[actito-sync:vip]', identifierAttribute: 'emailAddress', validityHours: 48 };
  return { name, fileSynchronizationId, ...fixed, ...more };
}

/** This number of contacts a1@shop.be, a2@shop.be, … with the customer ids C1, C2, … */
export function people(count: number) {
  return Array.from({ length: count }, (_, i) => ({
    emailAddress: `a${i + 1}@shop.be`,
    customerId: `C${i + 1}`,
  }));
}

/** Calls the control over HTTP. @returns the status */
export function controlOf(simulator: () => Simulator) {
  return async (method: string, path: string, body?: unknown): Promise<number> => {
    const response = await fetch(simulator().inspectionUrl + path, {
      method,
      body: body === undefined ? undefined : JSON.stringify(body),
      headers: body === undefined ? {} : { 'content-type': 'application/json' },
    });
    await response.arrayBuffer();
    return response.status;
  };
}
