import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test, vi } from 'vitest';
import { connect, ended, EXECUTIONS, simulatorForTests, token, until, upload, someText } from './support.ts';

// Our own temporary files, so that files of other processes do not count as leftovers.
const temporary = mkdtempSync(join(tmpdir(), 'actito-uploads-'));
vi.stubEnv('TMPDIR', temporary);
afterAll(() => rmSync(temporary, { recursive: true }));

const LIMIT = 200_000;
const simulator = simulatorForTests({ maxImportBytes: LIMIT });
const COLUMNS = ['emailAddress', 'firstName'];
const HEADER = 'emailAddress;firstName\n';

test('an import is accepted with its id and the address of its state', async () => {
  const call = await connect(simulator());
  const reply = await call('POST', EXECUTIONS, upload(COLUMNS, `${HEADER}a1@shop.be;Anna`));
  expect(reply).toMatchObject({ status: 201, json: { id: someText } });
  expect(reply.headers.get('location')).toBe(`${EXECUTIONS}/${reply.json.id}`);
  expect(await ended(call, reply.json.id)).toMatchObject({ status: 'WITH_ERROR' });
});

test.each([
  ['no file name', 'name="definition"', 400],
  ['an empty file name', 'name="definition"; filename=""', 400],
  ['another file name', 'name="definition"; filename="parameters.json"', 201],
  ['a file name', 'name="definition"; filename="definition.json"', 201],
])(
  'a definition with %s is answered with its status, since both parts are files',
  async (_, part, status) => {
    const body = rawBody([
      [`${part}\r\nContent-Type: application/json`, await definitionJson()],
      ['name="file"; filename="a.csv"\r\nContent-Type: text/csv', HEADER],
    ]);
    expect(await post(body)).toBe(status);
    expect(simulator().imports()).toHaveLength(status === 201 ? 1 : 0);
  },
);

test.each([
  ['definition.json', 400],
  ['Parameters.json', 400],
  ['parameters.json', 201],
])('if the license names the file of the definition, %s is answered with %i', async (fileName, status) => {
  const importParts = { file: 'file', definition: 'definition', definitionFile: 'parameters.json' };
  simulator().changeLicence({ importParts });
  const body = rawBody([
    [`name="definition"; filename="${fileName}"\r\nContent-Type: application/json`, await definitionJson()],
    ['name="file"; filename="a.csv"\r\nContent-Type: text/csv', HEADER],
  ]);
  expect(await post(body)).toBe(status);
  expect(simulator().imports()).toHaveLength(status === 201 ? 1 : 0);
});

test('a file may be as large as the limit, and not one byte larger', async () => {
  const call = await connect(simulator());
  const status = async (bytes: number) =>
    (await call('POST', EXECUTIONS, upload(COLUMNS, HEADER.padEnd(bytes, 'x')))).status;
  expect(await status(LIMIT)).toBe(201);
  expect(await status(LIMIT + 1)).toBe(400);
  expect(await status(40 * LIMIT)).toBe(400);
});

test.each([
  ['a byte-order mark', `\uFEFF${HEADER}`, {}],
  ['a file that is not UTF-8', Buffer.from(`${HEADER}a1@shop.be;Zo\xEB`, 'latin1'), {}],
  ['a file that ends inside a character', Buffer.from(`${HEADER}a1@shop.be;Zo\xC3`, 'latin1'), {}],
  ['an empty file', '', {}],
  ['a header in another order', 'firstName;emailAddress\n', {}],
  ['a header with other separators', 'emailAddress,firstName\n', {}],
  ['a header that is not CSV', 'emailAddress;"firstName\n', {}],
  ['another type of file', HEADER, { fileType: 'text/plain' }],
  ['an unknown table', HEADER, { more: { profileTableId: '17' } }],
  ['an unknown attribute', 'emailAddress;shoeSize\n', { more: { columns: ['emailAddress', 'shoeSize'] } }],
  ['a key that is not unique', HEADER, { more: { key: 'firstName' } }],
  ['a key that is not a column', HEADER, { more: { key: 'customerId' } }],
  ['a repeated column', HEADER, { more: { columns: [...COLUMNS, 'firstName'] } }],
  ['nothing to write', 'emailAddress\n', { more: { columns: ['emailAddress'] } }],
  ['a written profile id', 'emailAddress;profileId\n', { more: { columns: ['emailAddress', 'profileId'] } }],
  [
    'a written creation',
    'emailAddress;creationMoment\n',
    { more: { columns: ['emailAddress', 'creationMoment'] } },
  ],
  [
    'a written update',
    'emailAddress;updateMoment\n',
    { more: { columns: ['emailAddress', 'updateMoment'] } },
  ],
  ['a mode that creates', HEADER, { more: { mode: 'CREATE_UPDATE' } }],
  ['an unknown field', HEADER, { more: { dryRun: true } }],
  [
    'another encoding',
    HEADER,
    { more: { fileFormat: { separator: ';', encoding: 'ISO-8859-1', header: true } } },
  ],
  [
    'a long separator',
    HEADER,
    { more: { fileFormat: { separator: ';;', encoding: 'UTF-8', header: true } } },
  ],
])('%s is rejected with a message, and nothing is stored', async (_, content, more) => {
  const reply = await (await connect(simulator()))('POST', EXECUTIONS, upload(COLUMNS, content, more));
  expect(reply).toMatchObject({ status: 400, json: { message: someText } });
  expect(simulator().imports()).toEqual([]);
  expect(uploadsOnDisk()).toEqual([]);
});

test('bodies with missing, doubled or unknown parts are rejected', async () => {
  const definition = [
    'name="definition"; filename="definition.json"\r\nContent-Type: application/json',
    await definitionJson(),
  ] as const;
  const file = ['name="file"; filename="a.csv"\r\nContent-Type: text/csv', HEADER] as const;
  const bodies = [
    rawBody([definition]),
    rawBody([file]),
    rawBody([definition, definition, file]),
    rawBody([definition, file, file]),
    rawBody([definition, file, ['name="note"', 'x']]),
    rawBody([definition, ['name="file"\r\nContent-Type: text/csv', HEADER]]),
    rawBody([['name="definition"; filename="definition.json"', definition[1]], file]),
    rawBody([[definition[0], '{'], file]),
    rawBody([definition, file]).slice(0, -6),
  ];
  for (const body of bodies) expect(await post(body)).toBe(400);
  expect(await post('{}', 'application/json')).toBe(400);
  expect(uploadsOnDisk()).toEqual([]);
});

test('a caller that disconnects during an upload leaves nothing behind, and its slot is free again', async () => {
  const accessToken = await token(simulator());
  for (let i = 0; i < 6; i += 1) {
    const headers = {
      authorization: `Bearer ${accessToken}`,
      'content-type': 'multipart/form-data; boundary=x',
    };
    const sent = request(simulator().apiUrl + EXECUTIONS, { method: 'POST', headers });
    sent.on('error', () => {}); // the test breaks it
    sent.write(rawBody([['name="file"; filename="a.csv"\r\nContent-Type: text/csv', HEADER]]).slice(0, -6));
    await until(() => uploadsOnDisk().length > 0);
    sent.destroy();
    await until(() => uploadsOnDisk().length === 0);
  }
  const call = await connect(simulator());
  expect((await call('GET', '/entities/v5/entities')).status).toBe(200);
});

function definitionJson(): Promise<string> {
  return (upload(COLUMNS, '').get('definition') as Blob).text();
}

function rawBody(parts: (readonly [disposition: string, content: string])[]): string {
  const written = parts.map(
    ([disposition, content]) => `--x\r\nContent-Disposition: form-data; ${disposition}\r\n\r\n${content}\r\n`,
  );
  return `${written.join('')}--x--\r\n`;
}

async function post(body: string, type = 'multipart/form-data; boundary=x'): Promise<number> {
  const authorization = `Bearer ${await token(simulator())}`;
  const headers = { authorization, 'content-type': type };
  return (await fetch(simulator().apiUrl + EXECUTIONS, { method: 'POST', headers, body })).status;
}

/** The files that uploads have written to disk: one folder for each, with its content. */
function uploadsOnDisk(): string[] {
  return readdirSync(temporary, { recursive: true, encoding: 'utf8' }).filter((name) =>
    name.includes('upload-'),
  );
}
