import ms, { type StringValue } from 'ms';
import { z } from 'zod';

/** Ids are file names, and become parts of workflow ids and table names: short, lower case, no underscore. */
export const id = z
  .string()
  .max(40, 'an id (the file name) of at most 40 characters')
  .regex(
    /^[a-z0-9]+(-[a-z0-9]+)*$/,
    'an id (the file name) of lower-case letters, digits and single hyphens',
  );

const DURATION = 'a duration such as 15m, 48h or 2 days';

/**
 * A duration from `least` to `most`, such as `15m`, `48h` or `2 days`; parsed to whole milliseconds. It must have a unit: `48`
 * would be 48 milliseconds to `ms`, which judges the rest of its form.
 */
export function durationWithin(least: StringValue, most: StringValue) {
  const isWithin = (text: string) => inMilliseconds(text) >= ms(least) && inMilliseconds(text) <= ms(most);
  return z
    .string(DURATION)
    .refine((text) => Number.isFinite(inMilliseconds(text)), { error: DURATION, abort: true })
    .refine(isWithin, { error: `a duration from ${least} to ${most}` })
    .transform(inMilliseconds);
}

/** NaN: it is no duration. */
function inMilliseconds(text: string): number {
  return /^\d+(\.\d+)? ?[a-z]+$/i.test(text) ? Math.round(ms(text as StringValue)) : NaN;
}

/** A duration where nothing else bounds it. PostgreSQL, Temporal and dates of JavaScript take all of them. */
export const duration = durationWithin('1s', '3650d');

const ENV_REFERENCE = '{ env: NAME }, the name of an environment variable';

/** The name of an environment variable: how every secret is given. */
export const envReference = z.strictObject(
  {
    env: z
      .string(ENV_REFERENCE)
      .regex(/^[A-Za-z_][A-Za-z0-9_]*$/, ENV_REFERENCE)
      .describe('Name of an environment variable of the worker.'),
  },
  ENV_REFERENCE,
);
export type EnvReference = z.infer<typeof envReference>;

/** A plain text, or the name of the environment variable that holds it (for what differs between machines). */
export const textOrEnv = z.union([z.string().min(1), envReference], {
  error: 'a text, or { env: NAME }',
});
export type TextOrEnv = z.infer<typeof textOrEnv>;
