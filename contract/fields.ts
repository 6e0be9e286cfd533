import { z } from 'zod';
import { expected } from './messages/expected.ts';

/* Fields that several requests or settings have. */

/** A field with a fixed set of values. */
export function choice<const V extends readonly string[]>(...values: V) {
  return z.enum(values, { error: expected('choice', { values }) });
}

/**
 * Maximum length of an id in an argument, in characters. It is longer than any file name, so that an id with a typing
 * error still gets a suggestion, and short enough for Temporal's ids (1,000 bytes).
 */
const LONGEST_ID = 200;

/** The id of something in the project folder; `what` names the expected value in errors. */
export const idOf = (what: 'activationId' | 'destinationId' | 'targetId') =>
  z
    .string({ error: expected(what) })
    .min(1, expected(what))
    .max(LONGEST_ID, expected('textOfAtMost', { most: LONGEST_ID }));
export const activationId = idOf('activationId');

/** A text that is not blank; `longest` is in characters. */
export const text = (longest: number) =>
  z
    .string({ error: expected('text') })
    .regex(/\S/, expected('textNotEmpty'))
    .max(longest, expected('textOfAtMost', { most: longest }));
/** The hash of a plan. Capital letters are accepted. */
export const planHash = z
  .string({ error: expected('plan') })
  .toLowerCase()
  .regex(/^[0-9a-f]{12}$/, expected('planHash'));
