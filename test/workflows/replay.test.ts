import { readFile } from 'node:fs/promises';
import { Worker } from '@temporalio/worker';
import { expect, test } from 'vitest';
import { workflowBundle } from '../setup/servers.ts';
import { HISTORIES, historyFile, recordHistories, type HistoryName } from './record-histories.ts';

/*
 * Recorded real histories. A change to the workflow that would break running runs breaks these tests. If such
 * a change is intended, record them again: RECORD_HISTORIES=1 npx vitest run --project end-to-end
 * test/workflows/replay
 */

test.runIf(process.env.RECORD_HISTORIES)('the histories are recorded again', recordHistories);

const read = async (name: HistoryName) => JSON.parse(await readFile(historyFile(name), 'utf8')) as unknown;
const replay = (history: unknown, name: string) =>
  Worker.runReplayHistory({ workflowBundle: workflowBundle() }, history, name);

test.each(HISTORIES)('the recorded history of a run replays: %s', async (name) => {
  await expect(replay(await read(name), name)).resolves.toBeUndefined();
});

/** All texts of a history, with decoded payloads. */
function texts(value: unknown): string[] {
  if (typeof value === 'string') {
    const decoded = Buffer.from(value, 'base64').toString('utf8');
    return [value, decoded];
  }
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(texts) : [];
}

test.each(HISTORIES)('the history contains no path of a machine and no personal data: %s', async (name) => {
  const all = texts(await read(name));
  expect(all.length).toBeGreaterThan(50);
  expect(
    all.filter((text) => /(^|[^\w.])\/(home|root|work|tmp|Users|var|opt)\/|file:\/\//.test(text)),
  ).toEqual([]);
  expect(all.filter((text) => /@shop\.be|\bAnn\b|\bEve\b/.test(text))).toEqual([]);
});

test('a history that does not fit the workflow is noticed', async () => {
  const history = (await read('first')) as {
    events: { activityTaskScheduledEventAttributes?: { activityType: { name: string } } }[];
  };
  for (const event of history.events) {
    const scheduled = event.activityTaskScheduledEventAttributes;
    if (scheduled?.activityType.name === 'plan') scheduled.activityType.name = 'provision';
  }
  await expect(replay(history, 'broken')).rejects.toThrow();
});

interface Event {
  eventType: string;
  activityTaskScheduledEventAttributes?: { activityType: { name: string } };
  activityTaskCompletedEventAttributes?: { scheduledEventId: string; startedEventId: string };
}

/** The history of a first run whose last look at the list ended at its deadline, with this failure. */
async function timedOutAtTheList(failure: object) {
  const history = (await read('first')) as { events: (Event & { eventId: string })[] };
  const look = history.events.find(
    ({ activityTaskScheduledEventAttributes: scheduled }) => scheduled?.activityType.name === 'confirmList',
  )!;
  const end = history.events.find(
    ({ activityTaskCompletedEventAttributes: completed }) => completed?.scheduledEventId === look.eventId,
  )!;
  const { scheduledEventId, startedEventId } = end.activityTaskCompletedEventAttributes!;
  delete end.activityTaskCompletedEventAttributes;
  return Object.assign(history, {
    events: history.events.map((event) =>
      event === end
        ? Object.assign(event, {
            eventType: 'EVENT_TYPE_ACTIVITY_TASK_TIMED_OUT',
            activityTaskTimedOutEventAttributes: {
              scheduledEventId,
              startedEventId,
              retryState: 'RETRY_STATE_TIMEOUT',
              failure,
            },
          })
        : event,
    ),
  });
}

test('a run succeeds if the time to look at its list is up while an attempt runs, which tells no reason', async () => {
  const timeout = { timeoutFailureInfo: { timeoutType: 'TIMEOUT_TYPE_SCHEDULE_TO_CLOSE' } };
  await expect(replay(await timedOutAtTheList(timeout), 'first')).resolves.toBeUndefined();
  const other = { applicationFailureInfo: { type: 'StateUnavailable' } };
  for (const failure of [other, Object.assign({}, timeout, { cause: other })])
    await expect(replay(await timedOutAtTheList(failure), 'first')).rejects.toThrow();
});
