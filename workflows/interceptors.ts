import {
  ContinueAsNew,
  isCancellation,
  TemporalFailure,
  type WorkflowInterceptorsFactory,
} from '@temporalio/workflow';
import { tellable } from '../contract/failure.ts';
import { ownFailure } from './failure.ts';

/**
 * An error of a workflow goes to its history with message, stack and cause, and an error of a query goes to the caller. So an
 * unexpected error is replaced with our own failure here, for every workflow.
 */
export const interceptors: WorkflowInterceptorsFactory = () => ({
  inbound: [
    {
      execute: async (input, next) => {
        try {
          return await next(input);
        } catch (error) {
          throw isOwn(error) ? error : ownFailure(error);
        }
      },
      handleQuery: async (input, next) => {
        try {
          return await next(input);
        } catch (error) {
          throw new Error(tellable(error));
        }
      },
    },
  ],
});

/** Temporal's own signals, and failures with our own text. */
function isOwn(error: unknown): boolean {
  if (error instanceof Error && error.name === 'DeterminismViolationError') return true; // the task is retried
  return error instanceof ContinueAsNew || isCancellation(error) || error instanceof TemporalFailure;
}
