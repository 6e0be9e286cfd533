import { expect, test } from 'vitest';
import { FORGET_WORKFLOW_TYPE } from '../../../contract/forget.ts';
import { pastForTests } from '../past/support.ts';
import { typing } from './support.ts';

const past = pastForTests();

const piped = (...lines: string[]) => typing(lines, { isTTY: false });

test.each([
  { bad: 'no person can be asked', args: ['forget', 'anna@shop.be'], says: 'To confirm, add --yes.' },
  {
    bad: 'no key is piped in',
    args: ['forget', '-', '--yes'],
    in: piped(''),
    says: 'Standard input is empty',
  },
  {
    bad: 'two keys are piped in',
    args: ['forget', '-', '--yes'],
    in: piped('anna@shop.be', 'bob@shop.be'),
    says: 'expected one key',
  },
  { bad: 'the key is blank', args: ['forget', ' ', '--yes'], says: 'The matching key is null or empty.' },
  {
    bad: 'the key is invalid',
    args: ['forget', 'anna\u0007@shop.be', '--yes'],
    says: 'control character',
  },
  {
    bad: 'the reason contains the key',
    args: ['forget', 'anna@shop.be', '--yes', '--reason', 'mail of Anna@shop.be'],
    says: 'must not contain the key',
  },
  { bad: 'the requested record is not one', args: ['forgotten', '4711'], says: 'There is no record 4711' },
  {
    bad: 'the record is not a number',
    args: ['forgotten', 'anna'],
    says: 'Expected a whole number of at least 1',
  },
])('if $bad, no person is forgotten, and the message says what to do', async ({ args, in: input, says }) => {
  const { code, out, err } = await past.ask(args, { in: input });
  expect({ code, out }).toEqual({ code: 2, out: '' });
  expect(err).toContain(says);
  expect(err).not.toContain('@');
  expect((await past.ask(['forgotten'])).out).toBe('There are no erasure requests.\n');
});

test.each([
  { argument: { record: 4711 }, says: 'There is no erasure request 4711.' },
  { argument: { key: 'anna@shop.be' }, says: 'The input of workflow forgetPerson is not valid' },
  { argument: { record: 0 }, says: 'record: expected a number of at least 1' },
])('the workflow fails at once with the input $argument', async ({ argument, says }) => {
  const { client, taskQueue } = past.hosted;
  const options = { taskQueue, workflowId: `${taskQueue}/forget`, args: [argument] };
  const failure = await client.workflow
    .execute(FORGET_WORKFLOW_TYPE, options)
    .catch((error: Error) => error.cause);
  expect(failure).toMatchObject({ type: 'InvalidActivation', message: expect.stringContaining(says) });
});
