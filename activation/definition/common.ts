import ms, { type StringValue } from 'ms';
import { z } from 'zod';
import { expected } from '../../contract/messages/expected.ts';
import { isTimeZone } from '../values/zones.ts';
import { controlFault, hostFault, type TextFault } from './safe-text.ts';

const LONGEST_ID = 40;

/**
 * Ids are file names, and become parts of workflow ids and table names, so they are short and lowercase, without
 * underscores.
 */
export const id = z
  .string()
  .max(LONGEST_ID, expected('idLength', { most: LONGEST_ID }))
  .regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, expected('id'));

const DURATION = expected('duration');

/**
 * A duration from `least` to `most`, such as `15m`, `48h` or `2 days`; parsed to whole milliseconds. A unit is
 * required, because `ms`, which parses the rest, would take `48` as 48 milliseconds.
 */
export function durationWithin(least: StringValue, most: StringValue) {
  const isWithin = (text: string) => inMilliseconds(text) >= ms(least) && inMilliseconds(text) <= ms(most);
  return z
    .string(DURATION)
    .refine((text) => Number.isFinite(inMilliseconds(text)), { error: DURATION, abort: true })
    .refine(isWithin, { error: expected('durationWithin', { least, most }) })
    .meta({ title: `duration, ${least} to ${most}` })
    .transform(inMilliseconds);
}

/** NaN if the text is not a duration. */
function inMilliseconds(text: string): number {
  return /^\d+(\.\d+)? ?[a-z]+$/i.test(text) ? Math.round(ms(text as StringValue)) : NaN;
}

/** A duration without a narrower limit. PostgreSQL, Temporal and JavaScript's dates support all of them. */
export const duration = durationWithin('1s', '3650d');

const ENV_REFERENCE = expected('variable');

const variableName = z
  .string(ENV_REFERENCE)
  // Lowercase letters are not allowed: most secrets that are written here by mistake have some, and names are shown.
  .regex(/^[A-Z_][A-Z0-9_]*$/, ENV_REFERENCE)
  .describe('Name of an environment variable of the worker: capital letters, digits, underscores.');

/** The name of an environment variable, which is how every secret is configured. */
export const envReference = z
  .strictObject({ env: variableName }, ENV_REFERENCE)
  .meta({ title: '{ env: NAME }' });
export type EnvReference = z.infer<typeof envReference>;

/** The environment variable with a private key, and the one with its passphrase. */
export const keyReference = z.strictObject(
  {
    env: variableName,
    passphrase: envReference
      .optional()
      .describe('Environment variable with the passphrase of an encrypted key.')
      .meta({ examples: [{ env: 'SFTP_PASSPHRASE' }] }),
  },
  ENV_REFERENCE,
);

/** What a text with this fault should have been, as named in contract/messages/expected.ts. */
const FAULTS = {
  control: 'withoutControl',
  url: 'url',
  userinfo: 'urlWithoutUser',
  http: 'httpsUrl',
  host: 'host',
  header: 'headerText',
  hostKey: 'hostKey',
} as const satisfies Record<TextFault, string>;

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
      if (fault) context.addIssue({ code: 'custom', message: expected(FAULTS[fault]) });
    });
}

/**
 * A plain text, or the name of an environment variable that contains it (for values that differ between machines). A
 * plain text is checked here, a variable's value when it is resolved (config/secrets.ts).
 */
export function textOrEnv(faultOf: (text: string) => TextFault | undefined = controlFault) {
  const text = checkedText(faultOf);
  return z
    .union([z.string().min(1), envReference], { error: expected('textOrVariable') })
    .superRefine((value, context) => {
      const { error } = typeof value === 'string' ? text.safeParse(value) : {};
      for (const { message } of error?.issues ?? []) context.addIssue({ code: 'custom', message });
    })
    .meta({ title: 'text or { env: NAME }' });
}
export type TextOrEnv = string | EnvReference;

/** The name of a time zone in the IANA database. */
export const timeZone = z.string().refine(isTimeZone, { error: expected('timeZone') });

/** A column of a segment. */
export const column = z
  .string()
  .min(1)
  .describe("Column of the segment's query or table.")
  .meta({ examples: ['email'] });
/** The technical name of an attribute of the profile table. */
export const attribute = z
  .string()
  .max(50, expected('attributeLength', { most: 50 }))
  .regex(/^[A-Za-z][A-Za-z0-9_]*$/, expected('attributeCharacters'))
  .describe('Technical name of the attribute in the profile table.')
  .meta({ examples: ['emailAddress'] });
