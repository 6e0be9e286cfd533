import { z } from 'zod';
import { activationId, planHash, text } from './fields.ts';
import { expected } from './messages/expected.ts';

const RUN_NUMBER = expected('runNumber');
const runNumber = z.string({ error: RUN_NUMBER }).regex(/^[1-9]\d{0,17}$/, RUN_NUMBER);

const activation = activationId;
/** The reason, for people who read about the run later. */
const reason = text(200).optional();
/** Apply exactly this plan, from a preview or a held run. If the plan has changed, the run fails with `PlanStale`. */
const plan = planHash.optional();

/** Makes the list match its segment and sends the differences. This is the default mode. */
const sync = z.strictObject({
  mode: z
    .literal('sync')
    .optional()
    .transform(() => 'sync' as const),
  activation,
  plan,
  reason,
});

/** Sends everything, regardless of what Actito acknowledged before. */
const resync = z.strictObject({ mode: z.literal('resync'), activation, plan, reason });

/** Plans a sync, a resync or an undo, and writes nothing to Actito. */
const preview = z.strictObject({
  mode: z.literal('preview'),
  activation,
  of: z
    .union([z.enum(['sync', 'resync', 'rebase']), z.strictObject({ undo: runNumber })], {
      error: expected('modeOfPreview'),
    })
    .default('sync'),
  reason,
});

/** Assumes that Actito already matches the segment, and sends nothing. */
const rebase = z.strictObject({
  mode: z.literal('rebase'),
  activation,
  reason: z.string({ error: expected('reasonOfRebase') }).pipe(text(200)),
});

/** Restores the list to its state after an earlier run, according to a plan that someone has previewed. */
const undo = z.strictObject({
  mode: z.literal('undo'),
  activation,
  /** The number of the run after which the list was correct. */
  to: runNumber,
  plan: z.string({ error: expected('planOfUndo') }).pipe(planHash),
  reason: z.string({ error: expected('reasonOfUndo') }).pipe(text(200)),
});

/** The argument of `runActivation`. */
export const requestSchema = z.discriminatedUnion('mode', [sync, resync, preview, rebase, undo], {
  error: expected('mode'),
});
export type RunInput = z.input<typeof requestSchema>;
export type RunRequest = z.output<typeof requestSchema>;
export type Mode = RunRequest['mode'];
