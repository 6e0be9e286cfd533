import { always, failure } from './message.ts';

/** What is said of our own database, and of what is acknowledged in it. */
export const STATE_MESSAGES = {
  leaseLost: failure(
    'RunSuperseded',
    always('A newer run has taken over this activation; this one no longer writes.'),
  ),
  runClosed: failure('RunSuperseded', always('This run was closed by the one that took over from it.')),
  runAbandoned: always('The workflow ended without closing its run (terminated, or timed out).'),
};
