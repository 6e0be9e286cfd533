import { z } from 'zod';
import { activationId, planHash, text } from './fields.ts';

const RUN_NUMBER = 'the number of a run, as a text';

/** The one argument of the workflow. */
export const requestSchema = z
  .strictObject({
    activation: activationId,
    dryRun: z.boolean({ error: 'true or false' }).default(false),
    resync: z.boolean({ error: 'true or false' }).default(false),
    /** Take the segment for what Actito has, and send nothing (with a reason). */
    rebase: z.boolean({ error: 'true or false' }).default(false),
    reason: text(200).optional(),
    /** Apply exactly this plan, of a dry run or a held run; anything else ends as `PlanStale`. */
    plan: planHash.optional(),
    /** Approve this held plan (with a reason), and run. */
    approve: planHash.optional(),
    /** Who approves. */
    by: text(100).optional(),
    /** Plan the list as it was after this run (with dryRun), or apply such a plan (with plan and reason). */
    undo: z
      .string({ error: RUN_NUMBER })
      .regex(/^[1-9]\d{0,17}$/, RUN_NUMBER)
      .optional(),
  })
  .refine((request) => request.approve === undefined || request.reason !== undefined, {
    path: ['reason'],
    error: 'a text: an approval says why',
  })
  .refine(({ approve, dryRun }) => approve === undefined || !dryRun, {
    path: ['dryRun'],
    error: 'false with approve: an approval is for a run, and a dry run needs none',
  })
  .refine(({ rebase, reason }) => !rebase || reason !== undefined, {
    path: ['reason'],
    error: 'a text: a rebase says why',
  })
  .refine(({ rebase, resync }) => !rebase || !resync, {
    path: ['rebase'],
    error: 'false with resync: the one sends nothing, the other everything',
  })
  .refine(({ rebase, dryRun, plan }) => !rebase || (!dryRun && plan === undefined), {
    path: ['rebase'],
    error: 'false with dryRun or plan: they are about what would be sent, and a rebase sends nothing',
  })
  .refine(({ undo, dryRun, plan }) => undo === undefined || dryRun || plan !== undefined, {
    path: ['plan'],
    error: 'the hash of a plan: an undo is applied only as someone has seen it planned',
  })
  .refine(({ undo, dryRun, reason }) => undo === undefined || dryRun || reason !== undefined, {
    path: ['reason'],
    error: 'a text: an undo says why',
  })
  .refine(({ undo, resync }) => undo === undefined || !resync, {
    path: ['resync'],
    error: 'false: an undo sends no attributes',
  })
  .refine(({ undo, rebase }) => undo === undefined || !rebase, {
    path: ['rebase'],
    error: 'false with undo: the one goes back to a former list, the other takes the segment for it',
  });
export type RunInput = z.input<typeof requestSchema>;
export type RunRequest = z.output<typeof requestSchema>;
