import { z } from 'zod';
import { choice } from '../../contract/fields.ts';
import { expected } from '../../contract/messages/expected.ts';
import { attribute, column, duration } from './common.ts';

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
    .strictObject({ column, attribute })
    .optional()
    .describe("Which column and attribute the list's file contains. Default: the matching key."),
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
