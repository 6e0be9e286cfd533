import { workflowInfo, type WorkflowInterceptorsFactory } from '@temporalio/workflow';

/*
 * Bundled with the workflows by worker.ts, never by `npm run build`: a run may be started with a heartbeat timeout of its own, so
 * that a test that kills workers does not wait as long as production does.
 */

/** The memo of such a run. At 5 s, a worker that is busy for a second is not yet given up. */
export const SHORT_HEARTBEATS = { heartbeatTimeout: 5_000 };

export const interceptors: WorkflowInterceptorsFactory = () => ({
  outbound: [
    {
      scheduleActivity: (input, next) => {
        const { heartbeatTimeout } = (workflowInfo().memo ?? {}) as Partial<typeof SHORT_HEARTBEATS>;
        const options = {
          ...input.options,
          heartbeatTimeout: heartbeatTimeout ?? input.options.heartbeatTimeout,
        };
        return next({ ...input, options });
      },
    },
  ],
});
