import { describe, expect, test } from 'vitest';
import { readImport } from '../../actito/imports/status.ts';
import { clientFor, failureOf, json, startScripted } from './support.ts';

/* The status of an import, as licenses may name it. */

describe('an unknown status', () => {
  const ask = async (
    status: string,
    statusNames: Record<string, 'running' | 'success' | 'withErrors' | 'failed'>,
  ) => {
    const server = await startScripted(json(200, { id: '1', status, more: [] }));
    return readImport(clientFor(server), { entity: 'shop', execution: '1' }, { statusNames }).finally(() =>
      server.stop(),
    );
  };

  test('means that the import is still running, and is reported as unknown', async () => {
    expect(await ask('QUEUED_FOR_REVIEW', {})).toMatchObject({ state: 'running', known: false });
    expect(await ask('constructor', {})).toMatchObject({ state: 'running', known: false });
  });

  test('has the meaning that contract.statusNames gives it', async () => {
    const names = { ABORTED: 'failed', DONE: 'success', SUCCESS: 'withErrors' } as const;
    expect(await ask('ABORTED', names)).toMatchObject({ state: 'failed', status: 'ABORTED', known: true });
    expect(await ask('DONE', names)).toMatchObject({ state: 'success', known: true });
    expect(await ask('SUCCESS', names)).toMatchObject({ state: 'withErrors', known: true });
    expect(await ask('WITH_ERROR', names)).toMatchObject({ state: 'withErrors', known: true });
  });
});

describe('the status of an import', () => {
  const read = async (body: unknown, statusField?: 'status' | 'executionStatus') => {
    const server = await startScripted(json(200, body));
    const reading = { statusNames: {}, statusField };
    return readImport(clientFor(server), { entity: 'shop', execution: '1' }, reading).finally(() =>
      server.stop(),
    );
  };

  test('is read from status or from executionStatus', async () => {
    for (const field of ['status', 'executionStatus'])
      expect(await read({ id: '1', [field]: 'SUCCESS' })).toMatchObject({ state: 'success', known: true });
  });

  test('is that of executionStatus if an answer has both fields, and running if that is unknown', async () => {
    expect(await read({ status: 'ACTIVE', executionStatus: 'FAILED' })).toMatchObject({ state: 'failed' });
    for (const status of ['SUCCESS', 'FAILED', 'WITH_ERROR'])
      expect(await read({ status, executionStatus: 'IN_PROGRESS' })).toMatchObject({
        state: 'running',
        status: 'IN_PROGRESS',
        known: false,
      });
    expect(await read({ status: 'SUCCESS', executionStatus: 'RUNNING' })).toMatchObject({ state: 'running' });
    expect(await read({ status: 'ACTIVE', executionStatus: 'DONE' })).toMatchObject({ status: 'DONE' });
  });

  test('is read only from the field that the contract names', async () => {
    const both = { status: 'SUCCESS', executionStatus: 'FAILED' };
    expect(await read(both, 'status')).toMatchObject({ state: 'success' });
    expect(await read(both, 'executionStatus')).toMatchObject({ state: 'failed' });
    const failure = await failureOf(read({ status: 'SUCCESS' }, 'executionStatus'));
    expect(failure.message).toContain('has no text in the field executionStatus,');
  });

  test.each<[what: string, body: unknown, fields: string]>([
    [
      'has another field',
      { id: '1', state: 'Anna', rows: { read: 1 } },
      ' the fields id, state, rows, rows.read.',
    ],
    ['has a status that is no text', { status: { name: 'Anna' } }, ' the fields status, status.name.'],
    ['is a map of people', { 'anna@shop.be': 'Anna', Dupont: 1 }, ' the fields ….'],
    ['is empty', {}, ' no fields.'],
  ])('that is missing is reported with the names of the fields: the answer %s', async (_, body, fields) => {
    const failure = await failureOf(read(body));
    expect(failure).toMatchObject({ type: 'ActitoRefused', retryable: false });
    expect(failure.message).toBe(
      "Actito's response to GET execution has no text in the field executionStatus or status, so the status of the import " +
        `is unknown. It has${fields} Check contract.statusField and contract.paths.execution of the destination ` +
        '(docs/actito-contract.md).',
    );
    expect(JSON.stringify(failure.told)).not.toMatch(/Anna|anna|Dupont/);
  });
});
