import type { Client } from '@temporalio/client';
import type { Schedule } from '../activation/definition/schedule.ts';
import {
  DECIDE_WORKFLOW_TYPE,
  decisionWorkflowId,
  type DecisionInput,
  type DecisionResult,
} from '../contract/decision.ts';
import {
  DOCTOR_WORKFLOW_TYPE,
  doctorWorkflowId,
  type DoctorRequest,
  type DoctorResult,
} from '../contract/doctor.ts';
import { FORGET_WORKFLOW_TYPE, forgetWorkflowId, type ForgetResult } from '../contract/forget.ts';
import {
  INSPECT_WORKFLOW_TYPE,
  inspectWorkflowId,
  type InspectRequest,
  type InspectResult,
} from '../contract/inspect.ts';
import { TASK_QUEUE } from '../contract/names.ts';
import type { RunInput } from '../contract/request.ts';
import type { RunResult } from '../contract/result.ts';
import { askWorker, checkDecision, type Question } from './ask-worker.ts';
import { connectTemporal } from './connect.ts';
import { followRun, type FollowOptions } from './follow.ts';
import { cancelRun, runsUnderWay, type CancelledRun, type RunsOf } from './runs.ts';
import {
  applyChange,
  planSchedules,
  type AppliedSchedule,
  type PlannedChange,
  type SchedulePlan,
} from './schedule-plan.ts';
import { ownerFrom, ownSchedules, pauseSchedule, resumeSchedule, type OwnSchedule } from './schedules.ts';
import { startRun, type RunHandle, type StartedRun } from './start.ts';
import { readLiveStatus, type LiveStatus } from './status.ts';

export type * from './types.ts';
export { Failure, isFailure } from '../contract/failure.ts';
export { runFailure, type RunFailure } from './failure.ts';

/** How the client reaches Temporal and the worker. */
export interface ClientOptions {
  /**
   * The variables that name the Temporal server (`TEMPORAL_ADDRESS` and others) and the project (`ACTITO_SYNC_PROJECT`
   * or `ACTITO_SYNC_PROJECT_NAME`; only schedules need it). Default: the process's environment.
   */
  env?: NodeJS.ProcessEnv;
  /** The worker's task queue. Default: the product's. */
  taskQueue?: string;
}

/** A decision about a plan: the reason, and the person who decides. */
export type Decision = Pick<DecisionInput, 'activation' | 'plan' | 'reason' | 'by'>;

/**
 * Starts and follows runs, and decides on their plans, for programs. It connects only to Temporal. A worker does the
 * work and does not have to run yet. A method that waits throws WorkflowFailedError when the run failed ({@link
 * runFailure} gives the reason), and AbortError when its `signal` ended the waiting; the run then continues.
 */
export class ActivationClient {
  readonly #env: NodeJS.ProcessEnv;
  readonly #taskQueue: string;
  readonly temporal: Client;

  private constructor(temporal: Client, env: NodeJS.ProcessEnv, taskQueue: string) {
    this.temporal = temporal;
    this.#env = env;
    this.#taskQueue = taskQueue;
  }

  /**
   * Connects to the Temporal server.
   * @throws Failure ConfigurationInvalid for unusable variables, TemporalUnavailable when the server does not answer
   */
  static async connect({
    env = process.env,
    taskQueue = TASK_QUEUE,
  }: ClientOptions = {}): Promise<ActivationClient> {
    return new ActivationClient(await connectTemporal(env), env, taskQueue);
  }

  /** Closes the connection. Runs continue. */
  async close(): Promise<void> {
    await this.temporal.connection.close();
  }

  /**
   * Starts a run, or attaches to the open run of the same request.
   * @throws Failure InvalidActivation for an unusable request, ActivationBusy when another request is running
   */
  async start(input: RunInput): Promise<StartedRun> {
    return startRun(this.temporal, input, { taskQueue: this.#taskQueue });
  }

  /** Attaches to an earlier run by the ids from the handle that {@link start} returned. */
  attach(workflowId: string, runId?: string): RunHandle {
    return this.temporal.workflow.getHandle(workflowId, runId);
  }

  /** Waits for a run to end. @returns its result */
  async follow(handle: RunHandle, follow: FollowOptions = {}): Promise<RunResult> {
    return followRun(handle, follow);
  }

  /** Makes a run's plan and waits for it. Writes nothing to Actito. */
  async plan(activation: string, follow: FollowOptions = {}): Promise<RunResult> {
    const { handle } = await this.start({ mode: 'preview', activation });
    return this.follow(handle, follow);
  }

  /**
   * Approves the plan of a held run and starts the run that applies it.
   * @throws Failure InvalidActivation for an unusable decision, WorkflowFailedError when there is no such plan
   */
  async approve(decision: Decision, follow: FollowOptions = {}): Promise<DecisionResult> {
    return this.#decide({ ...decision, decision: 'approve' }, follow);
  }

  /** Declines the plan of a held run, or withdraws its approval. */
  async decline(decision: Decision, follow: FollowOptions = {}): Promise<DecisionResult> {
    return this.#decide({ ...decision, decision: 'decline' }, follow);
  }

  /** The open runs of an activation, started manually or by its schedule; or its dry runs. */
  async runsUnderWay(of: RunsOf): Promise<RunHandle[]> {
    return runsUnderWay(this.temporal, of);
  }

  /** Cancels a run and waits for it to clean up. */
  async cancel(handle: RunHandle, follow: FollowOptions = {}): Promise<CancelledRun> {
    return cancelRun(handle, follow);
  }

  /** Reads what Temporal knows about an activation: its next starts, counted from `now`, and its runs. */
  async status(activation: string, now = new Date()): Promise<LiveStatus> {
    return readLiveStatus(this.temporal, activation, now);
  }

  /** Returns the project's schedules in Temporal. */
  async schedules(): Promise<OwnSchedule[]> {
    return ownSchedules(this.temporal, this.owner);
  }

  /**
   * Pauses the schedule of an activation. If it is already paused, its note is kept, too. @throws Failure
   * InvalidActivation
   */
  async pauseSchedule(activation: string, note?: string): Promise<OwnSchedule> {
    return pauseSchedule(this.temporal, activation, { owner: this.owner, note });
  }

  /** Resumes a paused schedule; missed runs are not backfilled. @throws Failure InvalidActivation */
  async resumeSchedule(activation: string, note: string): Promise<OwnSchedule> {
    return resumeSchedule(this.temporal, activation, { owner: this.owner, note });
  }

  /**
   * Compares schedules with those in Temporal, without changing anything.
   * @param untouched activations whose schedules must not change
   * @throws Failure ConfigurationInvalid when a schedule exists and belongs to someone else
   */
  async planSchedules(
    activations: Iterable<{ id: string; schedule?: Schedule }>,
    untouched: Iterable<string> = [],
  ): Promise<SchedulePlan> {
    return planSchedules(this.temporal, activations, this.owner, untouched);
  }

  /** Makes one change of {@link planSchedules}. @throws Failure ConfigurationInvalid, ActivationBusy */
  async applySchedule(change: PlannedChange): Promise<AppliedSchedule> {
    return applyChange(this.temporal, change);
  }

  /** Lets the worker test everything that a run needs. A failed probe is part of the answer. */
  async doctor(request: DoctorRequest, follow: FollowOptions = {}): Promise<DoctorResult> {
    const workflowId = doctorWorkflowId(request);
    return this.#ask({ type: DOCTOR_WORKFLOW_TYPE, workflowId, request }, follow);
  }

  /** Lets the worker look up what exists in Actito, because only the worker has the API key. */
  async inspect(request: InspectRequest, follow: FollowOptions = {}): Promise<InspectResult> {
    const workflowId = inspectWorkflowId(request);
    return this.#ask({ type: INSPECT_WORKFLOW_TYPE, workflowId, request }, follow);
  }

  /** Lets the worker erase the person of a record (`forget`), and waits for it. */
  async eraseRecord(record: string, follow: FollowOptions = {}): Promise<ForgetResult> {
    const request = { record: Number(record) };
    const workflowId = forgetWorkflowId(request);
    return this.#ask({ type: FORGET_WORKFLOW_TYPE, workflowId, request, lifetime: '30 days' }, follow);
  }

  /** The owner of the project's schedules. @throws Failure ConfigurationInvalid when the project has no name */
  get owner() {
    return ownerFrom(this.#env, this.#taskQueue);
  }

  async #decide(input: DecisionInput, follow: FollowOptions): Promise<DecisionResult> {
    const request = checkDecision(input);
    return this.#ask(
      { type: DECIDE_WORKFLOW_TYPE, workflowId: decisionWorkflowId(request), request },
      follow,
    );
  }

  async #ask<R>(question: Question, follow: FollowOptions): Promise<R> {
    return askWorker(this.temporal, question, { ...follow, taskQueue: this.#taskQueue });
  }
}
