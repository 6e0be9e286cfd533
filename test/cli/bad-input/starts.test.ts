import { expect, test } from 'vitest';
import { WorkflowFailedError } from '@temporalio/client';
import { EXIT } from '../../../cli/exit-codes.ts';
import { describeError, exitCodeOf } from '../../../cli/errors.ts';
import { standWithWorker } from '../../support/temporal-run.ts';
import { freshId } from '../support.ts';
import { BAD_WORKFLOW_INPUTS } from './bad-workflow-inputs.ts';

/*
 * Workflows started without our command line: by the SDK or the Temporal CLI, with JSON that a person typed.
 */

const { stand, hosted } = await standWithWorker();

test.concurrent.each(BAD_WORKFLOW_INPUTS)(
  '%s (%s %s) fails at once, and says what was expected',
  async (_, type, input, says, word = 'InvalidActivation') => {
    const { client, taskQueue } = hosted;
    const args = input === undefined ? [] : [JSON.parse(input)];
    const error = await client.workflow
      .execute(type, { taskQueue, workflowId: freshId('bad-start'), args })
      .catch((error: unknown) => error);
    expect(error).toBeInstanceOf(WorkflowFailedError);
    expect((error as WorkflowFailedError).cause).toMatchObject({ type: word, nonRetryable: true });
    const [told] = describeError(error);
    expect(told).toContain(`${word}: `);
    expect(told).toContain(says);
    expect(exitCodeOf(error)).toBe(word === 'InvalidActivation' ? EXIT.usage : EXIT.failed);
  },
);

test('no wrong start wrote anything', async () => {
  const { rows } = await stand.state.raw<{ rows: unknown[] }>(
    'select from decisions union all select from runs',
  );
  expect(rows).toEqual([]);
  expect(stand.actito.calls()).toEqual({});
});
