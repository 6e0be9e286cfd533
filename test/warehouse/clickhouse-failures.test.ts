import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { unescapeCopy } from '../../activation/values/copy.ts';
import type { Failure } from '../../contract/failure.ts';
import { failuresOf, ServerError } from '../../warehouse/clickhouse/failures.ts';
import { openClickHouse } from '../../warehouse/clickhouse/open.ts';
import { openWarehouse } from '../../warehouse/open.ts';
import type { Warehouse } from '../../warehouse/source.ts';
import { makeCertificates } from '../support/certificates.ts';
import { startSilentProxy } from '../support/silent-proxy.ts';
import { READER, readAll } from './reading.ts';
import { startClickHouse, type ClickHouseShim } from './shims/clickhouse/server.ts';

let shim: ClickHouseShim;
beforeAll(async () => {
  shim = await startClickHouse();
});
afterAll(() => shim.stop());

const signal = new AbortController().signal;
const url = () => `http://shop:hunter2@127.0.0.1:${shim.port}/default`;
const rows = (n: number) => `select i as id, repeat('x', 100) as padding from range(1, ${n} + 1) t(i)`;

function open({ statementTimeout = 60_000, at = url() } = {}): Promise<Warehouse> {
  const source = { driver: 'clickhouse' as const, connection: { env: 'SHOP_URL' }, statementTimeout };
  return openWarehouse(source, { SHOP_URL: at }, READER);
}

const rejection = (query: string, options?: Parameters<typeof open>[0]) =>
  open(options)
    .then((warehouse) => readAll(warehouse, query, ['id']))
    .then(
      () => expect.fail('the read should have failed'),
      (error: Failure) => error,
    );

describe('the end of a body', () => {
  test.each(['tagged', 'plain'] as const)(
    'an error in the body after the first rows (%s) is an error of the query, and never a row',
    async (errors) => {
      shim.manner.errors = errors;
      const query = rows(500_000).replace(
        'select i as id',
        "select cast(case when i = 400000 then 'secret' else cast(i as varchar) end as bigint) as id",
      );
      const read = await (await open()).read({ segment: { query }, columns: ['id', 'padding'], signal });
      let text = '';
      const consume = async () => {
        for await (const batch of read.batches) text += batch.toString();
      };
      await expect(consume()).rejects.toMatchObject({
        type: 'SegmentQueryFailed',
        message: "The segment's query failed: text cannot be converted to the type (ClickHouse error 6).",
      });
      expect(text).not.toBe('');
      expect(text.replaceAll(/\d+\tx{100}\n/g, '')).toBe('');
      shim.manner.errors = 'tagged';
    },
  );

  test.each(['tagged', 'plain'] as const)(
    'texts that look like an error or like the end of a body are values (%s)',
    async (errors) => {
      shim.manner.errors = errors;
      const texts = [
        'Code: 60. DB::Exception: no (UNKNOWN_TABLE)',
        String.raw`\.3`,
        '\r\n__exception__\r\nCode: 1. x',
      ];
      const list = texts.map((text) => `('${text}')`).join(', ');
      const read = await readAll(await open(), `select * from (values ${list}) t(id)`, ['id']);
      expect(read.lines.flat().map(unescapeCopy)).toEqual(texts);
      expect(read.rows).toBe(3);
      shim.manner.errors = 'tagged';
    },
  );

  test.each([1, 4, 20])('a body that lacks its last %i bytes is not a segment', async (withheld) => {
    const warehouse = await open();
    const read = await warehouse.read({ segment: { query: rows(10) }, columns: ['id'], signal });
    shim.manner.withheld = withheld;
    const consume = async () => {
      for await (const batch of read.batches) expect(batch.length).toBeGreaterThan(0);
    };
    await expect(consume()).rejects.toMatchObject({ type: 'SourceUnavailable', retryable: true });
    expect(() => read.rows()).toThrow('before the last batch');
    await warehouse.close();
  });
});

test('an answer for a guard that lacks its end is not read', async () => {
  const warehouse = await open();
  for (const withheld of [1, 3, 20]) {
    shim.manner.withheld = withheld;
    const question = { query: 'select 12345 as id', setting: 'guards.freshness', signal };
    await expect(warehouse.look(question), `${withheld} bytes`).rejects.toMatchObject({
      type: 'SourceUnavailable',
    });
  }
  await warehouse.close();
});

describe('what refuses a connection', () => {
  test.each([
    [502, 'SourceUnavailable', /HTTP status 502/],
    [403, 'ConfigurationInvalid', /rejected the login \(HTTP status 403\)/],
    [302, 'SourceUnavailable', /HTTP interface of ClickHouse/],
  ])('the answer %i of a proxy is not one of ClickHouse', async (status, type, message) => {
    const proxy = createServer((_, response) => response.writeHead(status).end('<html>hunter2</html>'));
    await once(proxy.listen(0, '127.0.0.1'), 'listening');
    onTestFinished(() => void proxy.close());
    const { port } = proxy.address() as AddressInfo;
    const error = await rejection('select 1 as id', { at: `http://shop:hunter2@127.0.0.1:${port}/` });
    expect(error).toMatchObject({ type });
    expect(error.message).toMatch(message);
    expect(error.message).not.toContain('hunter2');
  });

  test.each([
    [
      'a wrong password',
      { password: 'wrong' },
      'ConfigurationInvalid',
      /rejected the login \(ClickHouse error 516\)/,
    ],
    ['a port where nothing listens', { port: '1' }, 'SourceUnavailable', /cannot be reached: ECONNREFUSED/],
    [
      'https where there is none',
      { protocol: 'https:' },
      'ConfigurationInvalid',
      /the server does not support TLS .* http instead of https in the URL/,
    ],
    [
      'an unknown sslmode',
      { search: '?sslmode=hunter2' },
      'ConfigurationInvalid',
      /sslmode of the warehouse/,
    ],
    [
      'a file that is missing',
      { protocol: 'https:', search: '?sslrootcert=/hunter2' },
      'ConfigurationInvalid',
      /ENOENT/,
    ],
  ])('%s is reported without the URL or the password', async (_, change, type, message) => {
    const at = 'protocol' in change ? url().replace('http:', 'https:') : url();
    const error = await rejection('select 1 as id', { at: Object.assign(new URL(at), change).href });
    expect(error).toMatchObject({ type, cause: undefined });
    expect(error.message).toMatch(message);
    expect(error.message).toContain('SHOP_URL');
    expect(error.message).not.toMatch(/hunter2|wrong|127\.0\.0\.1/);
  });

  test('a parameter that is no setting is reported with where to look, without its name', async () => {
    expect(await rejection('select 1 as id', { at: `${url()}?max_hunter2=4` })).toMatchObject({
      type: 'SegmentQueryFailed',
      message:
        "The segment's query failed: the server does not know a setting (ClickHouse error 115). " +
        'Check the parameters after the ? of the URL, and the settings in the query.',
    });
  });

  test.each([
    'hunter2',
    'postgres://shop:hunter2@host/shop',
    'https://shop:hunter2@host:no/',
    'https://a:%zz@host/',
  ])('%j as connection URL is rejected', async (at) => {
    const error = await rejection('select 1 as id', { at });
    expect(error).toMatchObject({ type: 'ConfigurationInvalid', cause: undefined });
    expect(error.message).not.toMatch(/hunter2|%zz/);
  });

  test('a profile that is readonly=2 works; with readonly=1, the error says what to change', async () => {
    shim.manner.readonly = 2;
    expect((await readAll(await open(), 'select 1 as id', ['id'])).lines).toEqual([['1']]);
    shim.manner.readonly = 1;
    const error = await rejection('select 1 as id');
    shim.manner.readonly = 0;
    expect(error).toMatchObject({
      type: 'ConfigurationInvalid',
      message: expect.stringMatching(/readonly of the user's profile .* must be 0 or 2/) as string,
    });
  });

  test('a server that is too old is named as the reason', async () => {
    shim.manner.unknown = ['format_template_row_format'];
    const error = await rejection('select 1 as id');
    shim.manner.unknown = [];
    expect(error).toMatchObject({ type: 'ConfigurationInvalid' });
    expect(error.message).toContain('format_template_row_format');
    expect(error.message).toContain('24.3');
  });

  test('a certificate is checked, with an authority of the URL if it names one', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'clickhouse-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const certificates = await makeCertificates(folder);
    const pem = (file: string) => readFileSync(file, 'utf8');
    const secure = await startClickHouse(undefined, {
      cert: pem(certificates.server.cert),
      key: pem(certificates.server.key),
    });
    onTestFinished(() => secure.stop());
    const at = `https://shop:hunter2@localhost:${secure.port}/default`;
    const ask = (search: string) =>
      open({ at: at + search }).then((warehouse) => readAll(warehouse, 'select 1 as id', ['id']));
    await expect(ask('')).rejects.toMatchObject({ type: 'ConfigurationInvalid' });
    await expect(ask(`?sslrootcert=${certificates.other}`)).rejects.toMatchObject({
      type: 'ConfigurationInvalid',
      message: expect.stringContaining('not signed by a certificate authority') as string,
    });
    for (const search of [`?sslrootcert=${certificates.ca}`, '?sslmode=require'])
      expect((await ask(search)).lines).toEqual([['1']]);
  });

  test('a server that is silent is given up, before and after the first rows', async () => {
    const timeouts = { connect: 500, short: 500, beyond: 500 };
    const source = { url: url(), variable: 'SHOP_URL', statementTimeout: 1_000, reader: READER };
    const silent = { type: 'SourceUnavailable', retryable: true };
    shim.manner.isMute = true;
    await expect(readAll(openClickHouse(source, timeouts), rows(3), ['id'])).rejects.toMatchObject(silent);
    shim.manner.isMute = false;
    const { port } = new URL(url());
    const proxy = await startSilentProxy({ host: '127.0.0.1', port: Number(port) });
    onTestFinished(() => proxy.stop());
    const warehouse = openClickHouse({ ...source, url: proxy.through(url()) }, timeouts);
    const segment = { query: rows(500_000) };
    const read = await warehouse.read({ segment, columns: ['id', 'padding'], signal });
    const consume = async () => {
      for await (const batch of read.batches) if (batch.length > 0) proxy.hush();
    };
    await expect(consume()).rejects.toMatchObject(silent);
    await warehouse.close();
  });
});

test.each([95, 96, 265, 297, 364, 369, 410])('the error %i of a cluster is temporary', (code) => {
  const failures = failuresOf({ variable: 'SHOP_URL', statementTimeout: 60_000 });
  expect(failures(new ServerError(code, `Code: ${code}. DB::Exception: secret`))).toMatchObject({
    type: 'SourceUnavailable',
    retryable: true,
  });
});
