import { ACTITO_MESSAGES } from './actito.ts';
import { ARGUMENT_MESSAGES } from './arguments.ts';
import { COMMAND_MESSAGES } from './commands.ts';
import { CONNECTION_MESSAGES } from './connections.ts';
import { CONTRACT_CHECK_MESSAGES } from './contract-check.ts';
import { DATABASE_URL_MESSAGES } from './database-urls.ts';
import { DELIVERY_MESSAGES } from './delivery.ts';
import { SFTP_MESSAGES } from './sftp.ts';
import { DIRECTORY_MESSAGES } from './directory.ts';
import { DOCTOR_MESSAGES } from './doctor.ts';
import { ETL_MESSAGES } from './etls.ts';
import { EXPLAIN_MESSAGES } from './explain.ts';
import { EXPORT_MESSAGES } from './exports.ts';
import { FTPS_MESSAGES } from './ftps.ts';
import { GUARD_MESSAGES } from './guards.ts';
import { IMPORT_MESSAGES } from './imports.ts';
import { LIMIT_MESSAGES } from './limits.ts';
import { LIST_MESSAGES } from './lists.ts';
import type { Message } from './message.ts';
import { PLAN_MESSAGES } from './plans.ts';
import { PROBLEM_MESSAGES } from './problems.ts';
import { PROJECT_MESSAGES } from './project.ts';
import { REJECT_MESSAGES } from './rejects.ts';
import { RUN_MESSAGES } from './run.ts';
import { SCHEDULE_MESSAGES } from './schedules.ts';
import { STATE_MESSAGES } from './state.ts';
import { STATUS_MESSAGES } from './status.ts';
import { STRUCTURE_MESSAGES } from './structure.ts';
import { TEMPORAL_MESSAGES } from './temporal.ts';
import type { FailureType } from './types.ts';
import { UNDO_MESSAGES } from './undo.ts';
import { SOURCE_MESSAGES } from './sources.ts';
import { WAREHOUSE_MESSAGES } from './warehouse.ts';
import { WARNING_MESSAGES } from './warnings.ts';
import { WORKER_MESSAGES } from './worker.ts';

/** Every message of the product, by subject; `npm run messages` generates docs/messages.md from it. */
export const CATALOGUE = {
  Runs: RUN_MESSAGES,
  'Inputs of workflows': ARGUMENT_MESSAGES,
  Guards: GUARD_MESSAGES,
  'Plans and decisions': PLAN_MESSAGES,
  Undo: UNDO_MESSAGES,
  Lists: LIST_MESSAGES,
  Project: PROJECT_MESSAGES,
  'Problems in a project folder': PROBLEM_MESSAGES,
  'Warnings about a project folder': WARNING_MESSAGES,
  'Database URLs': DATABASE_URL_MESSAGES,
  'Database connections': CONNECTION_MESSAGES,
  'Database limits': LIMIT_MESSAGES,
  Warehouse: WAREHOUSE_MESSAGES,
  'Connections to warehouses': SOURCE_MESSAGES,
  'Rejected rows and values': REJECT_MESSAGES,
  'Attributes and columns': STRUCTURE_MESSAGES,
  "Actito's API": ACTITO_MESSAGES,
  ETLs: ETL_MESSAGES,
  Imports: IMPORT_MESSAGES,
  'Profile directory': DIRECTORY_MESSAGES,
  Delivery: DELIVERY_MESSAGES,
  'Delivery by FTPS': FTPS_MESSAGES,
  'SFTP logins': SFTP_MESSAGES,
  'Exports of profiles': EXPORT_MESSAGES,
  State: STATE_MESSAGES,
  Worker: WORKER_MESSAGES,
  Temporal: TEMPORAL_MESSAGES,
  Doctor: DOCTOR_MESSAGES,
  'Check of the contract': CONTRACT_CHECK_MESSAGES,
  Commands: COMMAND_MESSAGES,
  Status: STATUS_MESSAGES,
  Schedules: SCHEDULE_MESSAGES,
  Explain: EXPLAIN_MESSAGES,
};

export const MESSAGES = {
  ...RUN_MESSAGES,
  ...ARGUMENT_MESSAGES,
  ...GUARD_MESSAGES,
  ...PLAN_MESSAGES,
  ...UNDO_MESSAGES,
  ...LIST_MESSAGES,
  ...PROJECT_MESSAGES,
  ...PROBLEM_MESSAGES,
  ...WARNING_MESSAGES,
  ...DATABASE_URL_MESSAGES,
  ...CONNECTION_MESSAGES,
  ...LIMIT_MESSAGES,
  ...WAREHOUSE_MESSAGES,
  ...SOURCE_MESSAGES,
  ...REJECT_MESSAGES,
  ...STRUCTURE_MESSAGES,
  ...ACTITO_MESSAGES,
  ...ETL_MESSAGES,
  ...IMPORT_MESSAGES,
  ...DIRECTORY_MESSAGES,
  ...DELIVERY_MESSAGES,
  ...FTPS_MESSAGES,
  ...SFTP_MESSAGES,
  ...EXPORT_MESSAGES,
  ...STATE_MESSAGES,
  ...WORKER_MESSAGES,
  ...TEMPORAL_MESSAGES,
  ...DOCTOR_MESSAGES,
  ...CONTRACT_CHECK_MESSAGES,
  ...COMMAND_MESSAGES,
  ...STATUS_MESSAGES,
  ...SCHEDULE_MESSAGES,
  ...EXPLAIN_MESSAGES,
};

type Messages = typeof MESSAGES;
/** The name of a message. */
export type Reason = keyof Messages;
/** The name of a message that is a failure. */
export type FailureReason = {
  [R in Reason]: Messages[R] extends { type: FailureType } ? R : never;
}[Reason];
/** What a message is about. */
export type FactsOf<R extends Reason> = Messages[R] extends Message<infer F> ? F : never;
