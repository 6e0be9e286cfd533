import { zipSync } from 'fflate';
import { describe, expect, test } from 'vitest';
import { readRowsInError, type RowInError } from '../../actito/imports/rows-in-error.ts';
import { clientFor, failureOf, startScripted, text } from './support.ts';

describe('a result file', () => {
  const CSV =
    'line;emailAddress;code;message\n2;"a""b@shop.be";VALUE_GONE;"x;\ny"\n3;c@shop.be;<b>anna@shop.be;m\n';
  const ROWS: RowInError[] = [
    { key: 'a"b@shop.be', unmatched: false, code: 'VALUE_GONE', attributes: [] },
    { key: 'c@shop.be', unmatched: false, code: 'REFUSED', said: '<b>anna@shop.be', attributes: [] }, // no code: for the state alone
  ];
  const zip = (csv: string, level: 0 | 6) =>
    Buffer.from(zipSync({ 'errors.csv': Buffer.from(csv) }, { level }));
  async function read(script: Parameters<typeof startScripted>[0]) {
    const server = await startScripted(script);
    const rows: RowInError[] = [];
    const where = { entity: 'shop', execution: '1', keyAttribute: 'emailAddress', rows: 10 };
    await readRowsInError(clientFor(server), where, async (batch) => void rows.push(...batch)).finally(() =>
      server.stop(),
    );
    return { rows };
  }

  test.each([0, 6] as const)('is read packed or unpacked (level %i)', async (level) => {
    expect((await read(text(200, zip(CSV, level), 'application/zip'))).rows).toEqual(ROWS);
  });

  test('is read whatever the size of its pieces, and with a byte-order mark', async () => {
    const { rows } = await read((_, response) => {
      response.writeHead(200, { 'Content-Type': 'application/zip' });
      const bytes = [...zip(`\uFEFF${CSV}`, 6)].map((byte) => Buffer.from([byte]));
      const next = () => {
        const byte = bytes.shift();
        if (!byte) return void response.end();
        response.write(byte, () => setImmediate(next));
      };
      next();
    });
    expect(rows).toEqual(ROWS);
  });

  test('that breaks off during the download is a temporary failure', async () => {
    const reading = read((_, response) => {
      response.writeHead(200, { 'Content-Type': 'application/zip', 'Content-Length': '10000' });
      response.write(zip(CSV, 6).subarray(0, 60));
      setImmediate(() => response.destroy());
    });
    expect(await failureOf(reading)).toMatchObject({ type: 'ActitoUnavailable', retryable: true });
  });

  test('that is not a ZIP is rejected, and a page of HTML is reported as one', async () => {
    const refused = await failureOf(read(text(200, CSV)));
    expect(refused).toMatchObject({ type: 'ActitoRefused', told: { facts: { code: 'NO_ZIP' } } });
    for (const type of ['text/html', 'application/zip']) {
      const page = await failureOf(read(text(200, '<!DOCTYPE html><p>anna@shop.be</p>', type)));
      expect(page).toMatchObject({ type: 'ActitoUnavailable', told: { reason: 'answerIsPage' } });
    }
  });

  test('that our own database cannot take is not reported as a failure of Actito', async () => {
    const server = await startScripted(text(200, zip(CSV, 6), 'application/zip'));
    const where = { entity: 'shop', execution: '1', keyAttribute: 'emailAddress', rows: 10 };
    const stopped = Object.assign(new Error('terminating connection'), { severity: 'FATAL', code: '57P01' });
    const reading = readRowsInError(clientFor(server), where, () => Promise.reject(stopped));
    await expect(reading).rejects.toBe(stopped);
    await server.stop();
  });

  test('that names more rows than were sent is not read further', async () => {
    let taken = 0;
    const server = await startScripted(
      text(200, zip(`emailAddress;code\n${'eve@shop.be;GONE\n'.repeat(1_000)}`, 6), 'application/zip'),
    );
    const where = { entity: 'shop', execution: '1', keyAttribute: 'emailAddress', rows: 10 };
    const reading = readRowsInError(clientFor(server), where, async (rows) => void (taken += rows.length));
    expect(await failureOf(reading)).toMatchObject({ told: { facts: { code: 'MORE_ROWS_THAN_SENT' } } });
    expect(taken).toBe(0);
    await server.stop();
  });
});
