import { proxyActivities } from '@temporalio/workflow';
import { BACKOFF } from '../activation/periods.ts';
import type { Activities } from '../activities/create.ts';

/*
 * Bounds of the activities. `scheduleToClose` bounds all tries together; a try without a heartbeat for
 * HEARTBEAT is given up, and another worker goes on.
 */
const HEARTBEAT = '10s';
/** Where an activity does not name the pause itself; see "Pauses and retries" in docs/design.md. */
const RETRY = {
  initialInterval: BACKOFF.first,
  backoffCoefficient: 2,
  maximumInterval: BACKOFF.longest,
} as const;

/** Our own database only: short, and worth waiting for. */
const BOOKKEEPING = {
  startToCloseTimeout: '30m',
  scheduleToCloseTimeout: '6h',
  heartbeatTimeout: HEARTBEAT,
  retry: RETRY,
} as const;

export const { open } = proxyActivities<Pick<Activities, 'open'>>({
  ...BOOKKEEPING,
  summary: 'Take the lease, freeze the definition',
});
export const { settle } = proxyActivities<Pick<Activities, 'settle'>>({
  ...BOOKKEEPING,
  summary: 'Keep what Actito confirmed',
});
export const { rebase } = proxyActivities<Pick<Activities, 'rebase'>>({
  ...BOOKKEEPING,
  summary: 'Take the segment for what Actito has',
});
export const { close } = proxyActivities<Pick<Activities, 'close'>>({
  ...BOOKKEEPING,
  summary: 'Record the outcome, give the lease back',
});

export const { decide } = proxyActivities<Pick<Activities, 'decide'>>({
  ...BOOKKEEPING,
  summary: 'Record the decision about a held plan',
});

/** The warehouse; the statement itself is bounded by the source's statementTimeout, all tries by the list's validity. */
export const { compare } = proxyActivities<Pick<Activities, 'compare'>>({
  startToCloseTimeout: '3h',
  scheduleToCloseTimeout: '6h',
  heartbeatTimeout: HEARTBEAT,
  retry: RETRY,
  summary: 'Read the segment, compare it with what Actito acknowledged',
});

export const { plan } = proxyActivities<Pick<Activities, 'plan'>>({
  startToCloseTimeout: '1h',
  scheduleToCloseTimeout: '6h',
  heartbeatTimeout: HEARTBEAT,
  retry: RETRY,
  summary: 'Say what the run will do',
});

export const { provision } = proxyActivities<Pick<Activities, 'provision'>>({
  startToCloseTimeout: '10m',
  scheduleToCloseTimeout: '1h',
  heartbeatTimeout: HEARTBEAT,
  retry: RETRY,
  summary: 'Look up attributes and list in Actito, create what is missing',
});

/** After 6 hours (or earlier: the list's validity) the list goes without the attributes: someone who left must leave. */
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

/** The run is held, or has failed, perhaps for the same reason: it is not held up for long. */
export const { keepAlive } = proxyActivities<Pick<Activities, 'keepAlive'>>({
  startToCloseTimeout: '1h',
  scheduleToCloseTimeout: '1h',
  heartbeatTimeout: HEARTBEAT,
  retry: RETRY,
  summary: 'Deliver the list again as it was, if it would expire',
});

/** How often Actito looks for files is not known; a list that is only delivered is told as such. */
export const { confirmList } = proxyActivities<Pick<Activities, 'confirmList'>>({
  startToCloseTimeout: '2m',
  scheduleToCloseTimeout: '10m',
  heartbeatTimeout: HEARTBEAT,
  retry: RETRY,
  summary: 'See whether Actito has retrieved the list',
});

/** A person waits for the answer. */
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
export const { examine } = proxyActivities<Pick<Activities, 'examine'>>({
  ...INSPECTION,
  summary: 'Try everything that a run will need',
});

export const { beginForgetting, endForgetting } = proxyActivities<
  Pick<Activities, 'beginForgetting' | 'endForgetting'>
>({ ...BOOKKEEPING, summary: 'Look up, or close, the record of a person to be forgotten' });

/** A run that is under way holds what it read until it ends: that is waited for. */
export const { forgetIn } = proxyActivities<Pick<Activities, 'forgetIn'>>({
  ...BOOKKEEPING,
  scheduleToCloseTimeout: '24h',
  summary: 'Erase a person',
});
