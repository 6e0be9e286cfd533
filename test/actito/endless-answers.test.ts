import { pipeline } from 'node:stream';
import { constants, deflateRawSync, gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { profileTablesBody } from '../../actito/contract.ts';
import { readRowsInError } from '../../actito/imports/rows-in-error.ts';
import { clientFor, failureOf, startScripted } from './support.ts';

/*
 * Any server that answers instead of Actito may send an endless answer. The test measures what the server
 * could write before its connection was closed. The kernel and streams buffer some of it, so the bounds are
 * loose, and far below what would be sent.
 */

const MB = 1024 * 1024;

/**
 * Sends `part` repeatedly until the other side disconnects, up to a limit, so that a test without bounds
 * ends.
 */
function endless(
  status: number,
  { part, first, headers = {}, most }: { part: Buffer; first?: Buffer; headers?: object; most: number },
) {
  let written = 0;
  function* parts() {
    if (first) yield first;
    for (; written < most; written += part.length) yield part;
  }
  const script: Parameters<typeof startScripted>[0] = (_, response) => {
    response.writeHead(status, { ...headers });
    pipeline(parts, response, () => undefined); // it ends early, which is what this test checks
  };
  return { script, written: () => written };
}

const readTables = (api: { apiUrl: string; apiKey: string }) =>
  clientFor(api).call({ route: 'profileTables', parts: { entity: 'shop' } }, profileTablesBody);
const readResult = (api: { apiUrl: string; apiKey: string }, rows: number) => {
  const where = { entity: 'shop', execution: '1', keyAttribute: 'emailAddress', rows };
  return readRowsInError(clientFor(api), where, async () => undefined);
};

async function failing(
  sender: ReturnType<typeof endless>,
  ask: (api: { apiUrl: string; apiKey: string }) => Promise<unknown>,
) {
  const server = await startScripted(sender.script);
  try {
    return await failureOf(ask(server));
  } finally {
    await server.stop();
  }
}

describe('an endless answer', () => {
  test('with an error is read up to 64 kB', async () => {
    const sender = endless(400, { part: Buffer.alloc(64 * 1024, 'no '), most: 400 * MB });
    const failure = await failing(sender, readTables);
    expect(failure).toMatchObject({ type: 'ActitoRefused', told: { reason: 'requestRefused' } });
    expect(failure.words!.open().length).toBe(64 * 1024);
    expect(sender.written()).toBeLessThan(20 * MB);
  });

  test('in JSON is read up to 32 MB', async () => {
    const part = Buffer.from('"anna@shop.be",'.repeat(8_000));
    const sender = endless(200, { part, first: Buffer.from('['), most: 400 * MB });
    const failure = await failing(sender, readTables);
    expect(failure).toMatchObject({ type: 'ActitoRefused', told: { reason: 'answerTooLarge' } });
    expect(sender.written()).toBeLessThan(80 * MB);
  });

  test.each([
    [200, 'answerTooLarge'],
    [400, 'requestRefused'],
    [503, 'actitoFailed'],
  ])(
    'that unpacks to a thousand times its size is unpacked up to the same limits (%i)',
    async (status, reason) => {
      const part = gzipSync(Buffer.alloc(16 * MB, ' '));
      const headers = { 'Content-Type': 'application/json', 'Content-Encoding': 'gzip' };
      const sender = endless(status, { part, headers, most: 100 * MB });
      expect((await failing(sender, readTables)).told.reason).toBe(reason);
      expect(sender.written()).toBeLessThan(20 * MB);
    },
  );
});

describe('an endless result file', () => {
  /** A ZIP of one file whose size is unknown before its end. */
  const HEAD = Buffer.from(
    '504b0304' +
      '1400' +
      '0800' +
      '0800' +
      '0'.repeat(32) +
      '0100' +
      '0000' +
      Buffer.from('e').toString('hex'),
    'hex',
  );
  const zipped = (text: string) => deflateRawSync(Buffer.from(text), { finishFlush: constants.Z_FULL_FLUSH });
  const headers = { 'Content-Type': 'application/zip' };

  test('of a single field is read up to the longest possible row', async () => {
    const first = Buffer.concat([HEAD, zipped('emailAddress;code\n"')]);
    const sender = endless(200, { first, part: zipped('x'.repeat(4 * MB)), headers, most: 100 * MB });
    const failure = await failing(sender, (api) => readResult(api, 1_000_000));
    expect(failure.told).toMatchObject({ facts: { code: 'CSV_MAX_RECORD_SIZE' } });
    expect(sender.written()).toBeLessThan(20 * MB);
  });

  test('of rows is read up to the number of rows that were sent', async () => {
    const first = Buffer.concat([HEAD, zipped('emailAddress;code\n')]);
    const part = zipped('eve@shop.be;GONE\n'.repeat(100));
    const sender = endless(200, { first, part, headers, most: 100 * MB });
    const failure = await failing(sender, (api) => readResult(api, 1_000));
    expect(failure.told).toMatchObject({ facts: { code: 'MORE_ROWS_THAN_SENT' } });
    expect(sender.written()).toBeLessThan(20 * MB);
  });

  test('of empty lines, which are not rows, is read up to the largest possible size', async () => {
    const first = Buffer.concat([HEAD, zipped('emailAddress\n')]);
    const sender = endless(200, { first, part: zipped('\n'.repeat(MB)), headers, most: 100 * MB });
    const failure = await failing(sender, (api) => readResult(api, 10_000));
    expect(failure.told).toMatchObject({ reason: 'rowsInErrorUnreadable' });
    expect(sender.written()).toBeLessThan(40 * MB);
  });
});
