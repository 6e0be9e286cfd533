/** What the worker bundles. */
export { decide } from './decide.ts';
export { doctor } from './doctor.ts';
export { forgetPerson } from './forget.ts';
export { inspectDestination } from './inspect-destination.ts';
export { runActivation } from './run-activation.ts';
