import {
  ContinueAsNew,
  isCancellation,
  TemporalFailure,
  type WorkflowInterceptorsFactory,
} from '@temporalio/workflow';
import { tellable } from '../contract/failure.ts';
import { ownFailure } from './failure.ts';

/**
 * What a workflow throws goes to its history with message, stack and cause, and what a query throws goes to whoever asks. So
 * an error that nobody has foreseen becomes a defect of ours here, on its way out of every workflow.
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

/** Temporal's own signals, and failures that say what they say in words of ours. */
function isOwn(error: unknown): boolean {
  if (error instanceof Error && error.name === 'DeterminismViolationError') return true; // the task is tried again
  return error instanceof ContinueAsNew || isCancellation(error) || error instanceof TemporalFailure;
}
