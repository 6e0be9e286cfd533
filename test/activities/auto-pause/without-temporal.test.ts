import { randomUUID } from 'node:crypto';
import { Client, Connection } from '@temporalio/client';
import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger, type LogEntry } from '@temporalio/worker';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createActivities } from '../../../activities/create.ts';
import type { OpenedRun } from '../../../contract/steps.ts';
import { rows } from '../../../state/state.ts';
import { temporalAddress } from '../../setup/servers.ts';
import { requestOf } from '../../support/requests.ts';
import { ACTIVATION, startStand, type Stand } from '../../support/stand.ts';

let stand: Stand;
beforeAll(async () => {
  stand = await startStand();
});
afterAll(() => stand?.dispose());

test('a failed run is closed although Temporal cannot be asked about it, with a warning', async () => {
  await stand.writeActivation({ schedule: { every: '1 day', pauseAfter: 1 } });
  const connection = await Connection.connect({ address: temporalAddress() });
  await connection.close();
  const entries: LogEntry[] = [];
  const env = new MockActivityEnvironment(
    { workflowExecution: { workflowId: `activation/${ACTIVATION}`, runId: randomUUID() } },
    { client: new Client({ connection }), logger: new DefaultLogger('WARN', (entry) => entries.push(entry)) },
  );
  const { open, settle, close } = createActivities(stand);
  const answer = await env.run(open, requestOf(ACTIVATION));
  const { opened } = answer as { opened: OpenedRun };
  await env.run(settle, opened);
  await env.run(close, opened, { type: 'ActitoUnauthorized', message: 'The key is wrong.' });

  expect(await rows(stand.state, 'select outcome, failure, failure_type as word from runs')).toEqual([
    { outcome: 'failed', failure: 'The key is wrong.', word: 'ActitoUnauthorized' },
  ]);
  expect(entries.map(({ message }) => message)).toEqual([
    expect.stringMatching(/^The schedule could not be paused: /),
  ]);
});
