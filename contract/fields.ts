import { z } from 'zod';
import { expected } from './messages/expected.ts';

/* Fields that several requests, or settings, have. */

/** One of a few words. */
export function choice<const V extends readonly string[]>(...values: V) {
  return z.enum(values, { error: expected('choice', { values }) });
}

/** The id of an activation. */
export const activationId = z.string({ error: expected('activationId') }).min(1, expected('activationId'));

/** A text that says something. */
export const text = (longest: number) =>
  z
    .string({ error: expected('text') })
    .regex(/\S/, expected('textNotEmpty'))
    .max(longest, expected('textOfAtMost', { most: longest }));
/** The hash that names a plan. */
export const planHash = z.string({ error: expected('plan') }).regex(/^[0-9a-f]{12}$/, expected('planHash'));
