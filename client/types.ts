/* The types of what the client takes and returns, so that a program can name each of them. */
export type { Schedule } from '../activation/definition/schedule.ts';
export type { Owner } from '../activation/schedule-owner.ts';
export type { CountName, Counts, RejectCount } from '../contract/counts.ts';
export type { DecidedRun, DecisionInput, DecisionRequest, DecisionResult } from '../contract/decision.ts';
export type { DoctorRequest, DoctorResult } from '../contract/doctor.ts';
export type { FailureType } from '../contract/failure.ts';
export type { Erased, ErasedIn, ForgetResult } from '../contract/forget.ts';
export type {
  AttributeInfo,
  AttributesResult,
  ContractResult,
  DirectoryResult,
  InspectRequest,
  InspectResult,
  ListInfo,
  ListsResult,
  RouteCheck,
} from '../contract/inspect.ts';
export type { Facts, Next, Told } from '../contract/messages/message.ts';
export type { Foreign } from '../contract/messages/schedules.ts';
export type {
  Creates,
  GuardTrip,
  HeldPlan,
  MatchForecast,
  PassedChecks,
  PlanPreview,
  PushReason,
  SampleClass,
  SampleNames,
  Sends,
} from '../contract/plan.ts';
export type { Probe } from '../contract/probes.ts';
export type { Phase, RunProgress } from '../contract/progress.ts';
export type { Mode, RunInput, RunRequest } from '../contract/request.ts';
export type { Confirmation, ListResult, Outcome, RunOutcome, RunResult } from '../contract/result.ts';
export type { ReadExport, RefreshSummary } from '../contract/steps.ts';
export type { FollowOptions, Trouble } from './follow.ts';
export type { CancelledRun, RunsOf } from './runs.ts';
export type {
  AppliedSchedule,
  Difference,
  ForeignSchedule,
  PlannedChange,
  SchedulePlan,
} from './schedule-plan.ts';
export type { WantedSchedule } from './schedule-spec.ts';
export type { OwnSchedule } from './schedules.ts';
export type { RunHandle, StartedRun } from './start.ts';
export type { EndedRun, KnownRuns, LiveStatus, NextStarts, RunTrouble, RunUnderWay } from './status.ts';
