import { workflowInfo, type WorkflowInterceptorsFactory } from '@temporalio/workflow';

/*
 * Bundled with the workflows by worker.ts, never by `npm run build`. A run can have its own heartbeat timeout, so that
 * a test that kills workers does not wait as long as production.
 */

/** The memo of a run with short heartbeats. With 5 s, a worker that is busy for a second does not time out. */
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
