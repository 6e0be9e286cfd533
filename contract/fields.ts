import { z } from 'zod';

/* Fields that several requests have. */

/** The id of an activation. */
export const activationId = z
  .string({ error: 'the id of an activation (the name of its file without .yaml)' })
  .min(1, 'the id of an activation (the name of its file without .yaml)');

/** A text that says something. */
export const text = (longest: number) =>
  z
    .string({ error: 'a text' })
    .regex(/\S/, 'a text that is not empty')
    .max(longest, `a text of at most ${longest} characters`);
/** The hash that names a plan. */
export const planHash = z
  .string({ error: 'the hash of a plan' })
  .regex(/^[0-9a-f]{12}$/, 'the hash of a plan (12 characters)');
