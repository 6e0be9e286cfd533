/** What the worker bundles. */
export { doctor } from './doctor.ts';
export { forgetPerson } from './forget.ts';
export { inspectDestination } from './inspect-destination.ts';
export { refusePlan } from './refuse-plan.ts';
export { runActivation } from './run-activation.ts';
