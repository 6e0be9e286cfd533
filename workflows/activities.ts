import { proxyActivities } from '@temporalio/workflow';
import { BACKOFF } from '../activation/periods.ts';
import type { Activities } from '../activities/create.ts';

/*
 * Timeouts of the activities. `scheduleToClose` covers all attempts together. An attempt without a heartbeat for HEARTBEAT
 * times out, and another worker continues.
 */
const HEARTBEAT = '10s';
/** Where an activity does not name the pause itself; see "Pauses and retries" in docs/design.md. */
const RETRY = {
  initialInterval: BACKOFF.first,
  backoffCoefficient: 2,
  maximumInterval: BACKOFF.longest,
} as const;

/** Activities that use only the state database: short, and worth waiting for. */
const BOOKKEEPING = {
  startToCloseTimeout: '30m',
  scheduleToCloseTimeout: '6h',
  heartbeatTimeout: HEARTBEAT,
  retry: RETRY,
} as const;

export const { open } = proxyActivities<Pick<Activities, 'open'>>({
  ...BOOKKEEPING,
  summary: 'Lock the activation and store its definition',
});
export const { settle } = proxyActivities<Pick<Activities, 'settle'>>({
  ...BOOKKEEPING,
  summary: 'Store what Actito confirmed',
});
export const { rebase } = proxyActivities<Pick<Activities, 'rebase'>>({
  ...BOOKKEEPING,
  summary: 'Assume that Actito matches the segment',
});
export const { close } = proxyActivities<Pick<Activities, 'close'>>({
  ...BOOKKEEPING,
  summary: 'Record the outcome and unlock the activation',
});

export const { decide } = proxyActivities<Pick<Activities, 'decide'>>({
  ...BOOKKEEPING,
  summary: 'Record the decision about a held plan',
});

/** Without new exports, the run uses what is known, as long as that is not too old. */
export const { refreshProfiles } = proxyActivities<Pick<Activities, 'refreshProfiles'>>({
  startToCloseTimeout: '1h',
  scheduleToCloseTimeout: '1h',
  heartbeatTimeout: HEARTBEAT,
  retry: { ...RETRY, maximumAttempts: 5 },
  summary: 'Read the exports of profiles',
});

/** The source's statementTimeout limits the statement; the list's validity limits all attempts. */
export const { compare } = proxyActivities<Pick<Activities, 'compare'>>({
  startToCloseTimeout: '3h',
  scheduleToCloseTimeout: '6h',
  heartbeatTimeout: HEARTBEAT,
  retry: RETRY,
  summary: 'Read the segment and compare it with the state',
});

export const { plan } = proxyActivities<Pick<Activities, 'plan'>>({
  startToCloseTimeout: '1h',
  scheduleToCloseTimeout: '6h',
  heartbeatTimeout: HEARTBEAT,
  retry: RETRY,
  summary: 'Plan the run',
});

export const { provision } = proxyActivities<Pick<Activities, 'provision'>>({
  startToCloseTimeout: '10m',
  scheduleToCloseTimeout: '1h',
  heartbeatTimeout: HEARTBEAT,
  retry: RETRY,
  summary: 'Check attributes and list in Actito; create missing ones',
});

/** After 6 hours (or earlier, by the list's validity) the list is delivered without the attributes, so that removed members leave it. */
export const { importAttributes } = proxyActivities<Pick<Activities, 'importAttributes'>>({
  startToCloseTimeout: '1h',
  scheduleToCloseTimeout: '6h',
  heartbeatTimeout: HEARTBEAT,
  retry: RETRY,
  summary: 'Send changed attributes and wait for the import',
});

export const { pushList } = proxyActivities<Pick<Activities, 'pushList'>>({
  startToCloseTimeout: '2h',
  scheduleToCloseTimeout: '6h',
  heartbeatTimeout: HEARTBEAT,
  retry: RETRY,
  summary: 'Deliver the full list to the file server',
});

/** The run is held or has failed, and the cause may also affect this activity, so its timeout is short. */
export const { keepAlive } = proxyActivities<Pick<Activities, 'keepAlive'>>({
  startToCloseTimeout: '1h',
  scheduleToCloseTimeout: '1h',
  heartbeatTimeout: HEARTBEAT,
  retry: RETRY,
  summary: 'Deliver the unchanged list again if it would expire',
});

/** It is unknown how often Actito checks for files. Without a confirmation, the list is reported as delivered only. */
export const { confirmList } = proxyActivities<Pick<Activities, 'confirmList'>>({
  startToCloseTimeout: '2m',
  scheduleToCloseTimeout: '10m',
  heartbeatTimeout: HEARTBEAT,
  retry: RETRY,
  summary: 'Check whether Actito has retrieved the list',
});

/** A person is waiting for the result. */
const INSPECTION = {
  startToCloseTimeout: '2m',
  scheduleToCloseTimeout: '5m',
  heartbeatTimeout: HEARTBEAT,
  retry: RETRY,
} as const;

export const { inspectAttributes } = proxyActivities<Pick<Activities, 'inspectAttributes'>>({
  ...INSPECTION,
  summary: 'Read the profile table from Actito',
});
export const { inspectLists } = proxyActivities<Pick<Activities, 'inspectLists'>>({
  ...INSPECTION,
  summary: 'Read the external target lists from Actito',
});
export const { inspectContract } = proxyActivities<Pick<Activities, 'inspectContract'>>({
  ...INSPECTION,
  summary: 'Compare the answers of Actito with the contract',
});
export const { refreshDestination } = proxyActivities<Pick<Activities, 'refreshDestination'>>({
  ...INSPECTION,
  startToCloseTimeout: '1h',
  scheduleToCloseTimeout: '1h',
  summary: 'Read the exports of profiles',
});
export const { examine } = proxyActivities<Pick<Activities, 'examine'>>({
  ...INSPECTION,
  summary: 'Check everything that a run needs',
});

export const { beginForgetting, endForgetting } = proxyActivities<
  Pick<Activities, 'beginForgetting' | 'endForgetting'>
>({ ...BOOKKEEPING, summary: 'Open or close the record of a person to forget' });

/** A running run keeps the rows that it read until it ends, so this activity waits for it. */
export const { forgetIn } = proxyActivities<Pick<Activities, 'forgetIn'>>({
  ...BOOKKEEPING,
  scheduleToCloseTimeout: '24h',
  summary: 'Erase a person',
});
