import { z } from 'zod';
import { activationId, planHash, text } from './fields.ts';
import { expected } from './messages/expected.ts';

const RUN_NUMBER = expected('runNumber');
const runNumber = z.string({ error: RUN_NUMBER }).regex(/^[1-9]\d{0,17}$/, RUN_NUMBER);

const activation = activationId;
/** Why, for those who read about the run later. */
const reason = text(200).optional();
/** Apply exactly this plan, of a preview or a held run; anything else ends as `PlanStale`. */
const plan = planHash.optional();

/** Makes the list follow its segment, and sends what differs. The usual mode: an argument need not name it. */
const sync = z.strictObject({
  mode: z
    .literal('sync')
    .optional()
    .transform(() => 'sync' as const),
  activation,
  plan,
  reason,
});

/** Sends everything, whatever Actito acknowledged before. */
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

/** Takes the segment for what Actito has, and sends nothing. */
const rebase = z.strictObject({
  mode: z.literal('rebase'),
  activation,
  reason: z.string({ error: expected('reasonOfRebase') }).pipe(text(200)),
});

/** Puts the list back to how it was after a run, as someone has seen it planned. */
const undo = z.strictObject({
  mode: z.literal('undo'),
  activation,
  /** The run after which the list was right. */
  to: runNumber,
  plan: z.string({ error: expected('planOfUndo') }).pipe(planHash),
  reason: z.string({ error: expected('reasonOfUndo') }).pipe(text(200)),
});

/** The one argument of `runActivation`. */
export const requestSchema = z.discriminatedUnion('mode', [sync, resync, preview, rebase, undo], {
  error: expected('mode'),
});
export type RunInput = z.input<typeof requestSchema>;
export type RunRequest = z.output<typeof requestSchema>;
export type Mode = RunRequest['mode'];
