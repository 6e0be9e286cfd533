import { z } from 'zod';
import { duration, id } from './common.ts';
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

const column = z.string().min(1);
const attribute = z
  .string()
  .max(50, "an attribute's technical name, at most 50 characters")
  .regex(/^[A-Za-z][A-Za-z0-9_]*$/, "an attribute's technical name (letters, digits, underscore)");
const ratio = z.number().min(0).max(1);

const matchingKeySchema = z.strictObject({
  column,
  type: z.enum(['email', 'phone', 'externalId'], { error: 'email, phone or externalId' }),
  /** A *unique* attribute of the profile table, or `profileId`. */
  attribute,
  /** For phone: the country of numbers that are written without one, e.g. `BE`. */
  country: z
    .string()
    .regex(/^[A-Z]{2}$/, 'a country by its two capital letters, e.g. BE')
    .optional(),
});

const attributeMappingSchema = z.strictObject({
  column,
  attribute: attribute.refine((name) => !TECHNICAL_ATTRIBUTES.includes(name), {
    error: "an attribute that is not one of Actito's own (profileId, creationMoment, updateMoment)",
  }),
  /** Create the attribute when Actito lacks it. Its type can never be changed afterwards. */
  create: z
    .strictObject({
      type: z.enum(ATTRIBUTE_TYPES, { error: ATTRIBUTE_TYPES.join(', ') }),
      maxLength: z.int().min(1).max(255).optional(),
    })
    .optional(),
  /** What a null in the warehouse does: `keep` leaves Actito's value alone, `clear` empties it. */
  nulls: z.enum(['keep', 'clear'], { error: 'keep or clear' }).default('keep'),
});

const segmentSchema = z
  .strictObject({
    name: z.string().min(1).max(100),
    query: z.string().min(1).optional(),
    /** `schema.table` or `table`: a table or view, instead of a query. */
    table: z
      .string()
      .regex(/^[A-Za-z_][\w$]*(\.[A-Za-z_][\w$]*)?$/, 'table or schema.table')
      .optional(),
  })
  .refine((value) => (value.query === undefined) !== (value.table === undefined), {
    error: 'either query or table, one of the two',
  });

/** Attributes travel in an import that says all of itself, or by an ETL that was defined in Actito beforehand. */
const importModeSchema = z.union(
  [z.literal('oneShot'), z.strictObject({ etl: z.union([z.string().min(1), z.int()]).transform(String) })],
  { error: 'oneShot, or { etl: <id of the ETL in Actito> }' },
);

const listSchema = z.strictObject({
  name: z.string().min(1).max(100).optional(),
  /** What the list's file holds; default: the matching key. */
  identifier: z.strictObject({ column, attribute }).optional(),
  validity: duration.prefault('48h'),
  /** Who makes the list and the attributes: we do (`api`), or a marketer did it in Actito (`existing`). */
  provision: z.enum(['api', 'existing'], { error: 'api or existing' }).default('api'),
  /** Take over a list of this name that actito-sync did not create. */
  adopt: z.boolean().default(false),
  fileName: z
    .string()
    .regex(/^[^/\\]+$/, 'a file name without folders; {list} stands for the name of the list')
    .default('{list}.csv'),
});

const guardsSchema = z.strictObject({
  maxRemovedRatio: ratio.default(0.3),
  allowEmpty: z.boolean().default(false),
  maxRejectedRatio: ratio.default(0.05),
});

/** `activations/<id>.yaml`, as people write it: nothing but its own file is known yet. */
export const activationSchema = z.strictObject({
  name: z.string().min(1).max(100).optional(),
  description: z.string().optional(),
  source: id,
  destination: id,
  segment: segmentSchema,
  matchingKey: matchingKeySchema,
  attributes: z.array(attributeMappingSchema).max(60).default([]),
  /** True: when attributes cannot be sent, the list is not pushed either. */
  attributesRequired: z.boolean().default(false),
  importMode: importModeSchema.default('oneShot'),
  list: listSchema.prefault({}),
  schedule: scheduleSchema.optional(),
  guards: guardsSchema.prefault({}),
});

export type ActivationFile = z.infer<typeof activationSchema>;
export type AttributeMapping = z.infer<typeof attributeMappingSchema>;
export type MatchingKey = z.infer<typeof matchingKeySchema>;
export type Guards = ActivationFile['guards'];
export type ImportMode = z.infer<typeof importModeSchema>;

/** `defaults` of a destination: what its activations need not repeat. Checked here, merged before they are. */
export const defaultsSchema = z.strictObject({
  matchingKey: matchingKeySchema.optional(),
  attributes: z.array(attributeMappingSchema).max(60).optional(),
  attributesRequired: z.boolean().optional(),
  importMode: importModeSchema.optional(),
  list: listSchema.omit({ name: true, adopt: true }).partial().optional(),
  schedule: scheduleSchema.optional(),
  guards: guardsSchema.partial().optional(),
});
