import { z } from 'zod';
import { choice } from '../../contract/fields.ts';
import { expected } from '../../contract/messages/expected.ts';
import { attribute, column, duration } from './common.ts';

/** The attribute that identifies every profile. It is also the text form of `list.identifier`. */
export const PROFILE_ID = 'profileId';

/** `list` of an activation: the external target list in Actito, and its file. */
export const listSchema = z.strictObject({
  name: z
    .string()
    .min(1)
    .max(100)
    .optional()
    .describe("Name of the list in Actito. Default: the activation's name.")
    .meta({ examples: ['VIP customers'] }),
  identifier: z
    .union([z.literal(PROFILE_ID), z.strictObject({ column, attribute })], {
      error: expected('listIdentifier'),
    })
    .optional()
    .describe(
      "What the list's file contains. profileId: the profile IDs, looked up in the profile directory (profiles in the destination). { column, attribute }: a column of the segment, and its attribute. Default: the matching key.",
    )
    .meta({
      title: 'profileId or { column, attribute }',
      examples: [PROFILE_ID, { column: 'profile_id', attribute: 'profileId' }],
    }),
  validity: duration
    .prefault('48h')
    .describe(
      'How long Actito uses a delivered file. After that, the list targets nobody. An unchanged list is delivered again after half of this time.',
    )
    .meta({ examples: ['14 days'] }),
  provision: choice('api', 'existing')
    .default('api')
    .describe('Who creates the list and the attributes. api: actito-sync. existing: a person in Actito.'),
  adopt: z
    .boolean()
    .default(false)
    .describe('Take over an existing list with this name, and replace its content.'),
  fileName: z
    .string()
    .regex(/^[^/\\]+$/, expected('fileName'))
    .default('{list}.csv')
    .describe('File name on the server. {list} is replaced by the name of the list.')
    .meta({ examples: ['vip.csv'] }),
});
