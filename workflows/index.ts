/** What the worker bundles. */
export { runActivation } from './run-activation.ts';
