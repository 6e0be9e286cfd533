import ms, { type StringValue } from 'ms';
import { z } from 'zod';
import { expected } from '../../contract/messages/expected.ts';
import { isTimeZone } from '../values/zones.ts';
import { controlFault, hostFault, type TextFault } from './safe-text.ts';

const LONGEST_ID = 40;

/** Ids are file names, and become parts of workflow ids and table names: short, lower case, no underscore. */
export const id = z
  .string()
  .max(LONGEST_ID, expected('idLength', { most: LONGEST_ID }))
  .regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, expected('id'));

const DURATION = expected('duration');

/**
 * A duration from `least` to `most`, such as `15m`, `48h` or `2 days`; parsed to whole milliseconds. It must have a unit: `48`
 * would be 48 milliseconds to `ms`, which judges the rest of its form.
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

/** NaN: it is no duration. */
function inMilliseconds(text: string): number {
  return /^\d+(\.\d+)? ?[a-z]+$/i.test(text) ? Math.round(ms(text as StringValue)) : NaN;
}

/** A duration where nothing else bounds it. PostgreSQL, Temporal and dates of JavaScript take all of them. */
export const duration = durationWithin('1s', '3650d');

const ENV_REFERENCE = expected('variable');

const variableName = z
  .string(ENV_REFERENCE)
  // No small letters: most secrets that someone puts here by mistake have some, and names are shown.
  .regex(/^[A-Z_][A-Z0-9_]*$/, ENV_REFERENCE)
  .describe('Name of an environment variable of the worker: capital letters, digits, underscores.');

/** The name of an environment variable: how every secret is given. */
export const envReference = z
  .strictObject({ env: variableName }, ENV_REFERENCE)
  .meta({ title: '{ env: NAME }' });
export type EnvReference = z.infer<typeof envReference>;

/** The environment variable with a private key, and the one with the passphrase that the key is encrypted with. */
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

/** What a text with a fault should have been, as contract/messages/expected.ts names it. */
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
 * A plain text, or the name of the environment variable that holds it (for what differs between machines). The text is
 * checked here, the variable's value when it is resolved (config/secrets.ts).
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

/** The name of a time zone, of the IANA database. */
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
