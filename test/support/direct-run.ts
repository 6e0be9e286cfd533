import { randomUUID } from 'node:crypto';
import type { Client } from '@temporalio/client';
import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger, type Logger } from '@temporalio/worker';
import { afterAll } from 'vitest';
import { createActivities, type Activities } from '../../activities/create.ts';
import type { ClosedRun } from '../../contract/steps.ts';
import type { ListSummary, RefreshSummary } from '../../contract/steps.ts';
import type { ImportSummary } from '../../activities/import-attributes.ts';
import type { PlanSummary } from '../../contract/plan.ts';
import type { ProvisionSummary } from '../../contract/steps.ts';
import type { RunRef } from '../../contract/steps.ts';
import { connectClient } from '../setup/servers.ts';
import { requestOf, type Ways } from './requests.ts';
import { ACTIVATION, startStand, type Stand, type StandOptions } from './stand.ts';
import { ended } from './ended.ts';

/** The phases after which a run can be stopped, in their order. */
export const PHASES = [
  'open',
  'compare',
  'plan',
  'provision',
  'importAttributes',
  'pushList',
  'confirmList',
  'settle',
] as const;
export type PhaseName = (typeof PHASES)[number];

/** These tests provoke failures, and check them where they are thrown. */
export const SILENT = new DefaultLogger('ERROR', () => undefined);

export interface DirectRunOptions extends Ways {
  activation?: string;
  /** The run is killed after this phase: neither settled nor closed. */
  killedAfter?: PhaseName;
  /** Called when importing fails temporarily; the import is then retried, as Temporal would after its backoff. */
  beforeNextTry?: (failure: ActivityFailure) => Promise<unknown>;
  /** Called with every heartbeat. */
  onHeartbeat?: (details: unknown) => void;
}

export type ActivityFailure = Error & { type?: string; nonRetryable?: boolean; nextRetryDelay?: number };

export interface DirectRun extends Partial<ClosedRun> {
  /** The number of the run, once it is open. */
  run?: string;
  /** What was read into the profile directory, if the list needs it. */
  refreshed?: RefreshSummary;
  /** Why the exports could not be read; the run went on. */
  notRefreshed?: Error & { type?: string };
  plan?: PlanSummary;
  provisioned?: ProvisionSummary;
  imported?: ImportSummary;
  list?: ListSummary;
  /** The failure of the first failing phase; the run was settled and closed as failed. */
  failure?: Error & { type?: string };
  killed?: boolean;
}

/** A stand and a runner for all tests of a file, which end with them. */
export async function standWithRunner(options: StandOptions = {}) {
  const stand = await startStand(options);
  afterAll(() => stand.dispose());
  const runner = await directRunner(stand);
  afterAll(() => runner.close()); // the last one first
  return { stand, runner };
}

/**
 * A run without a workflow: the activities in the workflow's order, each in a real activity context whose
 * client is a real server's. It can be killed between any two phases, which a workflow cannot be so exactly.
 */
export async function directRunner(stand: Stand, logger: Logger = SILENT) {
  const client = await connectClient();
  const activities = createActivities(stand);

  return {
    client,
    run: (options: DirectRunOptions = {}) => directRun(activities, { client, logger }, options),
    /** Erases the person of a record in an activation, like the workflow. */
    forget: (record: number, activation: string) =>
      new MockActivityEnvironment(
        {
          workflowExecution: { workflowId: `forget/${record}`, runId: randomUUID() },
          workflowNamespace: 'default',
        },
        { client, logger },
      ).run(activities.forgetIn as never, { record, activation } as never),
    close: () => client.connection.close(),
  };
}

async function directRun(
  activities: Activities,
  { client, logger }: { client: Client; logger: Logger },
  options: DirectRunOptions,
): Promise<DirectRun> {
  const { activation = ACTIVATION, killedAfter, ...ways } = options;
  const workflowExecution = { workflowId: `activation/${activation}`, runId: randomUUID() };
  const env = new MockActivityEnvironment(
    { workflowExecution, workflowNamespace: 'default' },
    { client, logger },
  );
  if (options.onHeartbeat) env.on('heartbeat', options.onHeartbeat);
  const call = <Name extends keyof Activities>(name: Name, ...args: Parameters<Activities[Name]>) =>
    env.run(activities[name] as never, ...(args as unknown as never[])) as ReturnType<Activities[Name]>;
  const importAttributes = async (ref: RunRef): Promise<ImportSummary> => {
    for (;;) {
      try {
        return await call('importAttributes', ref);
      } catch (error) {
        const failure = error as ActivityFailure;
        if (failure.nonRetryable !== false || !options.beforeNextTry) throw error;
        await options.beforeNextTry(failure);
      }
    }
  };
  const killed = (phase: PhaseName) => phase === killedAfter;

  if (ways.undo !== undefined && !ways.dryRun) {
    // An undo is applied only with the hash of its plan.
    const seen = await directRun(
      activities,
      { client, logger },
      { activation, undo: ways.undo, dryRun: true },
    );
    ways.plan = seen.plan!.hash;
  }
  const answer = await call('open', requestOf(activation, ways));
  if (!('opened' in answer)) return { outcome: 'skipped' };
  if (killed('open')) return { killed: true };
  const { run, fence } = answer.opened;
  const ref = { run, fence };
  let refreshed: RefreshSummary | undefined;
  let notRefreshed: Error | undefined;
  let plan: PlanSummary | undefined;
  let provisioned: ProvisionSummary | undefined;
  let imported: ImportSummary | undefined;
  let list: ListSummary | undefined;
  let failure: Error | undefined;
  try {
    if (answer.opened.directory) {
      refreshed = await call('refreshProfiles', ref).catch(
        (error: Error) => ((notRefreshed = error), undefined),
      );
    }
    await call('compare', ref);
    if (killed('compare')) return { killed: true };
    plan = await call('plan', ref);
    if (killed('plan')) return { killed: true };
    if (ways.rebase && plan.guards.length === 0) await call('rebase', ref);
    else if (!ways.dryRun && plan.guards.length === 0) {
      provisioned = await call('provision', ref);
      if (killed('provision')) return { killed: true };
      if (plan.toSend > 0) {
        imported = await importAttributes(ref).catch((error: Error) => ((failure = error), undefined));
      }
      if (killed('importAttributes')) return { killed: true };
      const pushed = provisioned.push ? await call('pushList', ref) : undefined;
      if (killed('pushList')) return { killed: true };
      if (pushed && 'held' in pushed) plan = pushed.held;
      else list = await call('confirmList', ref);
      if (killed('confirmList')) return { killed: true };
    }
  } catch (error) {
    failure = error as Error;
  }
  await call('settle', ref);
  if (killed('settle')) return { killed: true };
  const outcome = plan?.guards.length ? 'held' : failure ? 'failed' : 'succeeded';
  const closed = await call('close', ref, ended(outcome));
  return { ...closed, run, refreshed, notRefreshed, plan, provisioned, imported, list, failure };
}
