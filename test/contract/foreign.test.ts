import { inspect } from 'node:util';
import { expect, test } from 'vitest';
import { Failure, defectOf, tellable } from '../../contract/failure.ts';
import { codeOf, knownCode, ownLines, Sealed, sqlstateOf } from '../../contract/foreign.ts';
import { temporalFailure } from '../../contract/grpc.ts';
import { interceptors } from '../../workflows/interceptors.ts';

const ANNA = 'Anna anna@shop.be hunter2';

test('a foreign error is reported by its code or the code of its cause, and otherwise by its kind', () => {
  const refused = Object.assign(new Error(ANNA), { code: 'ECONNREFUSED' });
  expect(codeOf(refused)).toBe('ECONNREFUSED');
  expect(codeOf(new TypeError(ANNA, { cause: refused }))).toBe('ECONNREFUSED');
  expect(codeOf(new AggregateError([refused], ANNA))).toBe('ECONNREFUSED');
  expect(codeOf(new TypeError(ANNA))).toBe('TypeError');
  expect(codeOf(ANNA)).toBe('Error');
});

test.each([ANNA, 'anna', 'Anna B', 'A'.repeat(99), {}, null])('%j is not a code', (code) => {
  expect(knownCode(Object.assign(new Error(ANNA), { code }))).toBeUndefined();
  expect(sqlstateOf({ code })).toBe('unknown');
});

test('an error that is its own cause is reported, and does not loop forever', () => {
  const error: Error & { cause?: unknown } = new Error(ANNA);
  error.cause = new Error(ANNA, { cause: error });
  expect(codeOf(error)).toBe('Error');
});

test('printing or serializing never shows the text of a foreign error', () => {
  const failure = new Failure('listUnreadable', { list: 'VIP' }, { words: ANNA });
  for (const shown of [
    inspect(failure, { depth: 9, showHidden: true }),
    JSON.stringify(failure),
    String(failure.words),
  ])
    expect(shown).not.toMatch(/Anna|hunter2/);
  expect(failure.words?.open()).toBe(ANNA);
  expect(new Sealed(ANNA).open()).toBe(ANNA);
});

test('an unexpected error is reported by its kind and by lines of our own code, even if it looks like a stack', () => {
  const error = new TypeError(`${ANNA}\n    at anna (/work/activities/anna.ts:1:1)`);
  error.stack = [
    `TypeError: ${error.message}`,
    '    at step (/work/actito-sync/activities/plan.ts:12:3)',
    '    at x (/w/node_modules/a/state/y.js:1:1)',
  ].join('\n');
  expect(ownLines(error)).toEqual(['activities/plan.ts:12:3']);
  const { message, type } = defectOf(error);
  expect(type).toBe('Defect');
  expect(message).toContain('TypeError at activities/plan.ts:12:3');
  expect(message).not.toMatch(/anna/i);
  expect(tellable(error)).toBe('TypeError');
});

test('texts of Temporal are not passed on', () => {
  const answer = { name: 'ServiceError', cause: { code: 3, details: ANNA, metadata: {} } };
  expect(temporalFailure(answer)?.message).toBe('Temporal answered INVALID_ARGUMENT.');
  expect(temporalFailure(new Error(ANNA))).toBeUndefined();
});

test('a workflow with an unexpected error fails as a defect, without the text of the error', async () => {
  const [inbound] = interceptors().inbound!;
  const thrown: unknown = await inbound!.execute!({ args: [], headers: {} }, async () => {
    throw new TypeError(ANNA, { cause: new Error(ANNA) });
  }).catch((error: unknown) => error);
  expect(thrown).toMatchObject({ type: 'Defect', nonRetryable: true, cause: undefined });
  expect(inspect(thrown, { depth: 9 })).not.toMatch(/Anna|hunter2/);
  const asked: unknown = await inbound!.handleQuery!(
    { queryId: '', queryName: 'progress', args: [], headers: {} },
    async () => {
      throw new Error(ANNA);
    },
  ).catch((error: unknown) => error);
  expect(String(asked)).not.toMatch(/Anna/);
});
