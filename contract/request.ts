import { z } from 'zod';
import { activationId, planHash, text } from './fields.ts';

const RUN_NUMBER = 'the number of a run, as a text';
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
    .union([z.enum(['sync', 'resync']), z.strictObject({ undo: runNumber })], {
      error: '"sync", "resync" or {"undo": the number of a run, as a text}',
    })
    .default('sync'),
  reason,
});

/** Takes the segment for what Actito has, and sends nothing. */
const rebase = z.strictObject({
  mode: z.literal('rebase'),
  activation,
  reason: z.string({ error: 'a text: a rebase says why' }).pipe(text(200)),
});

/** Puts the list back to how it was after a run, as someone has seen it planned. */
const undo = z.strictObject({
  mode: z.literal('undo'),
  activation,
  /** The run after which the list was right. */
  to: runNumber,
  plan: z
    .string({ error: 'the hash of a plan: an undo is applied only as someone has seen it planned' })
    .pipe(planHash),
  reason: z.string({ error: 'a text: an undo says why' }).pipe(text(200)),
});

/** The one argument of `runActivation`. */
export const requestSchema = z.discriminatedUnion('mode', [sync, resync, preview, rebase, undo], {
  error: 'sync (the default), resync, preview, rebase or undo',
});
export type RunInput = z.input<typeof requestSchema>;
export type RunRequest = z.output<typeof requestSchema>;
export type Mode = RunRequest['mode'];

/** What says today what a field of earlier development versions said. */
export const FORMER_FIELDS: Record<string, string> = {
  dryRun: '"mode":"preview"',
  resync: '"mode":"resync"',
  rebase: '"mode":"rebase"',
  undo: '"mode":"undo" with "to", or "mode":"preview" with "of":{"undo":"…"}',
  approve: 'the workflow "decide"',
};
