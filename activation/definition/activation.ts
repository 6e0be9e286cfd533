import { z } from 'zod';
import { choice } from '../../contract/fields.ts';
import { expected } from '../../contract/messages/expected.ts';
import { attribute, column, id } from './common.ts';
import { guardsSchema, type Guards } from './guards.ts';
import { listSchema } from './list.ts';
import { defaultCountry, places } from './places.ts';
import { removalSchema } from './removal.ts';
import { scheduleSchema } from './schedule.ts';
import { segmentSchema, type Segment } from './segment.ts';

/** Attributes that Actito maintains itself. They can be the matching key, but cannot be written. */
export const TECHNICAL_ATTRIBUTES = ['profileId', 'creationMoment', 'updateMoment'];

/** Types that an attribute can be created with. */
const ATTRIBUTE_TYPES = ['STRING', 'INTEGER', 'LONG', 'NUMBER', 'BOOLEAN', 'DATE', 'TIMESTAMP'] as const;

/** Whether an attribute that is created with this type can need a time zone; undefined: the type is not known here. */
export function takesZone(type: (typeof ATTRIBUTE_TYPES)[number] | undefined): boolean {
  return type === undefined || type === 'DATE' || type === 'TIMESTAMP';
}

/**
 * Whether an attribute that is created with this type can hold phone numbers; undefined: the type is not known here.
 */
export function takesCountry(type: (typeof ATTRIBUTE_TYPES)[number] | undefined): boolean {
  return type === undefined || type === 'STRING';
}

const matchingKeySchema = z
  .strictObject({
    column,
    type: choice('email', 'phone', 'externalId').describe(
      'What the column holds. externalId is any other unique attribute, including profileId.',
    ),
    attribute: attribute.describe('A unique attribute of the profile table, or profileId.'),
    defaultCountry: defaultCountry
      .optional()
      .describe('Only for type phone: the country of numbers without a country code.')
      .meta({ examples: ['BE'] }),
  })
  .refine((key) => key.defaultCountry === undefined || key.type === 'phone', {
    path: ['defaultCountry'],
    error: expected('noCountry'),
  })
  .describe('Which column identifies the profile in Actito.');

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
          .describe('Type of the new attribute. It can never be changed afterwards.'),
        maxLength: z
          .int()
          .min(1)
          .max(255)
          .optional()
          .describe('Only for STRING: maximum length of the text.')
          .meta({ examples: [100] }),
      })
      .optional()
      .describe('Create the attribute if it does not exist in Actito.'),
    nulls: choice('keep', 'clear')
      .default('keep')
      .describe(
        "What a null in the column does. keep: Actito's value stays. clear: Actito's value is cleared.",
      ),
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
  .describe('One column of the segment and the profile attribute that it fills.');

const attributesSchema = z
  .array(attributeMappingSchema)
  .max(60)
  .describe('Columns to send as profile attributes. Columns that are not listed are not read.');

const etl = z
  .union([z.string().min(1), z.int()])
  .transform(String)
  .describe('Id of the ETL in Actito.')
  .meta({ examples: [12], title: 'id' });
const importModeSchema = z
  .union([z.literal('oneShot'), z.strictObject({ etl })], {
    error: expected('importMode'),
  })
  .describe(
    'How attributes are imported. oneShot: each import carries its own definition. { etl: 12 }: use an ETL that exists in Actito; its mode must be UPDATE_ONLY. Default: oneShot.',
  )
  .meta({ title: 'oneShot or { etl: id }', examples: [{ etl: 12 }] });

const LIST = 'The external target list in Actito and its file.';
const CANARY = { least: 10, most: 10_000 };
const canary = z
  .int({ error: expected('canary', CANARY) })
  .min(CANARY.least, expected('canary', CANARY))
  .max(CANARY.most, expected('canary', CANARY))
  .describe(
    'If more members than this are added, send the attributes of this many first. The run is held if Actito matches too few of ' +
      'them (guards.minMatchRatio). Costs one more import. Default: no canary.',
  )
  .meta({ examples: [500] });

const GUARDS = 'Limits. A run that exceeds one is held before it writes anything.';

/**
 * `activations/<id>.yaml` after its destination's defaults are merged in. Defaults of the project are not applied yet.
 */
export const activationSchema = z.strictObject({
  name: z
    .string()
    .min(1)
    .max(100)
    .optional()
    .describe("Name of the activation. Default: the segment's name.")
    .meta({ examples: ['VIP customers'] }),
  description: z
    .string()
    .optional()
    .describe('Note for people. It is also shown in Actito.')
    .meta({ examples: ['Customers who spent 500 or more'] }),
  tags: z
    .array(id)
    .max(20)
    .optional()
    .describe('Names of groups that the activation belongs to. `run --tag nightly` runs all of a group.')
    .meta({ examples: [['nightly']] }),
  source: id.describe('Name of a file in sources/, without .yaml.').meta({ examples: ['shop'] }),
  destination: id.describe('Name of a file in destinations/, without .yaml.').meta({ examples: ['actito'] }),
  segment: segmentSchema,
  matchingKey: matchingKeySchema,
  timezone: places.timezone,
  defaultCountry: places.defaultCountry,
  attributes: attributesSchema.default([]),
  attributesRequired: z
    .boolean()
    .default(false)
    .describe('true: if the attributes cannot be sent, the list is not delivered either.'),
  importMode: importModeSchema.default('oneShot'),
  list: listSchema.prefault({}).describe(LIST),
  removal: removalSchema.optional(),
  schedule: scheduleSchema.optional(),
  guards: guardsSchema.prefault({}).describe(GUARDS),
  canary: canary.optional(),
  rejectReference: column
    .optional()
    .describe(
      'A column that identifies a row without a usable key, such as its id in the warehouse. The command rejects shows it. It is stored with rejected rows only.',
    )
    .meta({ examples: ['customer_id'] }),
});

/** As in the file: the segment and its guards can be in other files. */
export type WrittenActivation = z.infer<typeof activationSchema>;
/** With everything that other files say about the segment. */
export type ActivationFile = Omit<WrittenActivation, 'segment' | 'guards'> & {
  segment: Segment;
  guards: Guards;
};
export type AttributeMapping = z.infer<typeof attributeMappingSchema>;
export type MatchingKey = z.infer<typeof matchingKeySchema>;
export type { Guards } from './guards.ts';
export type ImportMode = z.infer<typeof importModeSchema>;

/**
 * `defaults` of a destination. config/defaults.ts merges them into the destination's activations before those are
 * checked. It reads the settings to merge from this schema, so every accepted setting is applied.
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
  .describe('Settings that the activations of this destination inherit.');
