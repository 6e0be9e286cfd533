import { z } from 'zod';
import { choice } from '../../contract/fields.ts';
import { expected } from '../../contract/messages/expected.ts';
import { duration, id } from './common.ts';
import { guardsSchema } from './guards.ts';
import { defaultCountry, places } from './places.ts';
import { removalSchema } from './removal.ts';
import { scheduleSchema } from './schedule.ts';

/** Attributes that Actito maintains itself; they can be matched on, never written. */
export const TECHNICAL_ATTRIBUTES = ['profileId', 'creationMoment', 'updateMoment'];

/** Types that an attribute can be created with. */
export const ATTRIBUTE_TYPES = [
  'STRING',
  'INTEGER',
  'LONG',
  'NUMBER',
  'BOOLEAN',
  'DATE',
  'TIMESTAMP',
] as const;

/** Whether an attribute that is created with this type may need a time zone; undefined: its type is not known here. */
export function takesZone(type: (typeof ATTRIBUTE_TYPES)[number] | undefined): boolean {
  return type === undefined || type === 'DATE' || type === 'TIMESTAMP';
}

/** Whether an attribute that is created with this type can hold phone numbers; undefined: its type is not known here. */
export function takesCountry(type: (typeof ATTRIBUTE_TYPES)[number] | undefined): boolean {
  return type === undefined || type === 'STRING';
}

const column = z.string().min(1).describe("A column of the segment's query or table.");
const attribute = z
  .string()
  .max(50, expected('attributeLength', { most: 50 }))
  .regex(/^[A-Za-z][A-Za-z0-9_]*$/, expected('attributeCharacters'))
  .describe('Technical name of an attribute of the profile table in Actito.');

const matchingKeySchema = z
  .strictObject({
    column,
    type: choice('email', 'phone', 'externalId').describe(
      'What the column holds; externalId is any other unique attribute, profileId included.',
    ),
    attribute: attribute.describe('A unique attribute of the profile table, or profileId.'),
    defaultCountry: defaultCountry
      .optional()
      .describe('For type phone: the country of numbers that have no country code, such as BE.'),
  })
  .refine((key) => key.defaultCountry === undefined || key.type === 'phone', {
    path: ['defaultCountry'],
    error: expected('noCountry'),
  })
  .describe('How a row finds its profile.');

const attributeMappingSchema = z
  .strictObject({
    column,
    attribute: attribute.refine((name) => !TECHNICAL_ATTRIBUTES.includes(name), {
      error: expected('attributeOfOurs', { technical: TECHNICAL_ATTRIBUTES }),
    }),
    create: z
      .strictObject({
        type: z
          .enum(ATTRIBUTE_TYPES, { error: expected('oneOf', { values: ATTRIBUTE_TYPES }) })
          .describe('Value type in Actito.'),
        maxLength: z.int().min(1).max(255).optional().describe('Longest text, for STRING.'),
      })
      .optional()
      .describe('Create the attribute when Actito lacks it. Its type can never be changed afterwards.'),
    nulls: choice('keep', 'clear')
      .default('keep')
      .describe("What a null does: keep (default) leaves Actito's value alone, clear empties it."),
    timezone: places.timezone,
    defaultCountry: places.defaultCountry,
  })
  .refine(({ timezone, create }) => timezone === undefined || takesZone(create?.type), {
    path: ['timezone'],
    error: expected('noZoneHere'),
  })
  .refine(({ defaultCountry, create }) => defaultCountry === undefined || takesCountry(create?.type), {
    path: ['defaultCountry'],
    error: expected('noCountryHere'),
  })
  .describe('A column of the segment that goes to an attribute of the profile.');

const attributesSchema = z
  .array(attributeMappingSchema)
  .max(60)
  .describe('Columns that are sent to profiles. A column that is not mapped is not read.');

const segmentSchema = z
  .strictObject({
    name: z.string().min(1).max(100).describe('Also the name of the activation and its list by default.'),
    query: z.string().min(1).optional().describe('A query (select) with one row per member.'),
    table: z
      .string()
      .regex(/^[A-Za-z_][\w$]*(\.[A-Za-z_][\w$]*)?$/, expected('table'))
      .optional()
      .describe('A table or view instead of a query: table or schema.table.'),
  })
  .refine((value) => (value.query === undefined) !== (value.table === undefined), {
    error: expected('queryOrTable'),
  })
  .describe('Who is on the list: a query, or a table.');

const etl = z
  .union([z.string().min(1), z.int()])
  .transform(String)
  .describe('Id of the ETL in Actito.');
const importModeSchema = z
  .union([z.literal('oneShot'), z.strictObject({ etl })], {
    error: expected('importMode'),
  })
  .describe(
    'oneShot (default): an import says all of itself. { etl: 12 }: by an ETL defined in Actito before.',
  );

const listSchema = z.strictObject({
  name: z
    .string()
    .min(1)
    .max(100)
    .optional()
    .describe('Name of the list in Actito; default: of the activation.'),
  identifier: z
    .strictObject({ column, attribute })
    .optional()
    .describe("What the list's file holds; default: the matching key."),
  validity: duration
    .prefault('48h')
    .describe('How long a delivered list stays valid in Actito; then it targets nobody. Default: 48h.'),
  provision: choice('api', 'existing')
    .default('api')
    .describe(
      'Who makes the list and the attributes: actito-sync (api), or a marketer in Actito (existing).',
    ),
  adopt: z.boolean().default(false).describe('Take over a list of this name that actito-sync did not make.'),
  fileName: z
    .string()
    .regex(/^[^/\\]+$/, expected('fileName'))
    .default('{list}.csv')
    .describe('Name of the file on the server; {list} stands for the name of the list.'),
});

const LIST = 'The external target list in Actito, and its file.';
const CANARY = { least: 10, most: 10_000 };
const canary = z
  .int({ error: expected('canary', CANARY) })
  .min(CANARY.least, expected('canary', CANARY))
  .max(CANARY.most, expected('canary', CANARY))
  .describe(
    'When more members than this enter, the attributes of so many are sent first; the run is held when Actito knows too ' +
      'few of them (guards.minMatchRatio). Costs one more import. Default: none.',
  );

const GUARDS = 'A run that looks wrong is held before it writes anything.';

/** `activations/<id>.yaml`, the defaults of its destination merged in; nothing else is known yet. */
export const activationSchema = z.strictObject({
  name: z.string().min(1).max(100).optional().describe("Default: the segment's name."),
  description: z.string().optional().describe('For people; also shown in Actito.'),
  source: id.describe('Name of a file in sources/, without .yaml.'),
  destination: id.describe('Name of a file in destinations/, without .yaml.'),
  segment: segmentSchema,
  matchingKey: matchingKeySchema,
  timezone: places.timezone,
  defaultCountry: places.defaultCountry,
  attributes: attributesSchema.default([]),
  attributesRequired: z
    .boolean()
    .default(false)
    .describe('True: when attributes cannot be sent, the list is not pushed either.'),
  importMode: importModeSchema.default('oneShot'),
  list: listSchema.prefault({}).describe(LIST),
  removal: removalSchema.optional(),
  schedule: scheduleSchema.optional(),
  guards: guardsSchema.prefault({}).describe(GUARDS),
  canary: canary.optional(),
});

export type ActivationFile = z.infer<typeof activationSchema>;
export type AttributeMapping = z.infer<typeof attributeMappingSchema>;
export type MatchingKey = z.infer<typeof matchingKeySchema>;
export type Guards = ActivationFile['guards'];
export type ImportMode = z.infer<typeof importModeSchema>;

/**
 * `defaults` of a destination. Merged into its activations before those are checked: config/defaults.ts reads here what there is
 * to merge, so that whatever is accepted here is applied.
 */
export const defaultsSchema = z
  .strictObject({
    matchingKey: matchingKeySchema.optional(),
    timezone: places.timezone,
    defaultCountry: places.defaultCountry,
    attributes: attributesSchema.optional(),
    attributesRequired: z.boolean().optional().describe('As in an activation.'),
    importMode: importModeSchema.optional(),
    list: listSchema.omit({ name: true, adopt: true }).partial().optional().describe(LIST),
    removal: removalSchema.optional(),
    schedule: scheduleSchema.optional(),
    guards: guardsSchema.partial().optional().describe(GUARDS),
    canary: canary.optional(),
  })
  .describe('What the activations of this destination need not repeat.');
