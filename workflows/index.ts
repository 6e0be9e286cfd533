/** What the worker bundles. */
export { inspectDestination } from './inspect-destination.ts';
export { runActivation } from './run-activation.ts';
