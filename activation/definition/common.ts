import ms, { type StringValue } from 'ms';
import { z } from 'zod';
import { controlFault, hostFault, type TextFault } from './safe-text.ts';

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
      // No small letters: most secrets that someone puts here by mistake have some, and names are shown.
      .regex(/^[A-Z_][A-Z0-9_]*$/, ENV_REFERENCE)
      .describe('Name of an environment variable of the worker: capital letters, digits, underscore.'),
  },
  ENV_REFERENCE,
);
export type EnvReference = z.infer<typeof envReference>;

/** What a literal text is expected to be, for each fault that it may have. */
const EXPECTED: Record<TextFault, string> = {
  control: 'a text without control characters',
  url: 'a URL such as https://api.example.com, without query',
  userinfo: 'a URL without user name and password; the secret itself does not belong in this file',
  http: 'a URL that begins with https://; http:// only on this machine (localhost)',
  host: 'the name or the address of a server, and nothing else',
  header: 'a text of letters, digits and signs of ASCII',
  hostKey: 'the SHA256 fingerprint of the server\'s host key, "SHA256:" and 43 characters',
};

/** A text without control characters. */
export const plainText = checkedText(controlFault);
/** The name or address of a server. */
export const hostName = checkedText(hostFault);

/** A text that is not empty and has no fault. */
function checkedText(faultOf: (text: string) => TextFault | undefined) {
  return z
    .string()
    .min(1)
    .superRefine((text, context) => {
      const fault = text === '' ? undefined : faultOf(text);
      if (fault) context.addIssue({ code: 'custom', message: EXPECTED[fault] });
    });
}

/**
 * A plain text, or the name of the environment variable that holds it (for what differs between machines). The text is
 * checked here, the variable's value when it is resolved (config/secrets.ts).
 */
export function textOrEnv(faultOf: (text: string) => TextFault | undefined = controlFault) {
  const text = checkedText(faultOf);
  return z
    .union([z.string().min(1), envReference], { error: 'a text, or { env: NAME }' })
    .superRefine((value, context) => {
      const { error } = typeof value === 'string' ? text.safeParse(value) : {};
      for (const { message } of error?.issues ?? []) context.addIssue({ code: 'custom', message });
    });
}
export type TextOrEnv = string | EnvReference;
