import { z } from 'zod';
import { expected } from './messages/expected.ts';

/* Fields that several requests, or settings, have. */

/** One of a few words. */
export function choice<const V extends readonly string[]>(...values: V) {
  return z.enum(values, { error: expected('choice', { values }) });
}

/**
 * Longest id of an argument, in characters: longer than any file may be called, so that one with a typing error is told with what
 * it resembles, and short enough for the ids that Temporal takes (1,000 bytes).
 */
const LONGEST_ID = 200;

/** The id of something in the project folder. */
export const idOf = (what: 'activationId' | 'destinationId' | 'targetId') =>
  z
    .string({ error: expected(what) })
    .min(1, expected(what))
    .max(LONGEST_ID, expected('textOfAtMost', { most: LONGEST_ID }));
/** The id of an activation. */
export const activationId = idOf('activationId');

/** A text that says something. */
export const text = (longest: number) =>
  z
    .string({ error: expected('text') })
    .regex(/\S/, expected('textNotEmpty'))
    .max(longest, expected('textOfAtMost', { most: longest }));
/** The hash that names a plan; capitals are taken for small letters. */
export const planHash = z
  .string({ error: expected('plan') })
  .toLowerCase()
  .regex(/^[0-9a-f]{12}$/, expected('planHash'));
