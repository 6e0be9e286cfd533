import ms, { type StringValue } from 'ms';
import { z } from 'zod';
import { expected } from '../../contract/messages/expected.ts';

const LONGEST_ID = 40;
import { isTimeZone } from '../values/zones.ts';

/** Ids are file names, and become parts of workflow ids and table names: short, lower case, no underscore. */
export const id = z
  .string()
  .max(LONGEST_ID, expected('idLength', { most: LONGEST_ID }))
  .regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, expected('id'));

const DURATION = expected('duration');

/** A duration such as `15m`, `48h` or `2 days`; parsed to milliseconds. `ms` judges its form. */
export const duration = z
  .string(DURATION)
  .refine((text) => Number.isFinite(ms(text as StringValue)) && ms(text as StringValue) > 0, DURATION)
  .transform((text) => ms(text as StringValue));

const ENV_REFERENCE = expected('variable');

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
  error: expected('textOrVariable'),
});
export type TextOrEnv = z.infer<typeof textOrEnv>;

/** The name of a time zone, of the IANA database. */
export const timeZone = z.string().refine(isTimeZone, { error: expected('timeZone') });
