import { z } from 'zod';
import { choice } from '../../contract/fields.ts';
import { expected } from '../../contract/messages/expected.ts';
import { defaultsSchema } from './activation.ts';
import { durationWithin, envReference, plainText, textOrEnv } from './common.ts';
import { contractSchema } from './contract.ts';
import { deliverySchema } from './delivery.ts';
import { urlFault } from './safe-text.ts';

const ENVIRONMENTS = ['ENV-0', 'ENV-1', 'ENV-3', 'PREPROD'] as const;

/** `destinations/<id>.yaml`: one profile table of one Actito licence, and the way files reach it. */
export const destinationSchema = z
  .strictObject({
    environment: choice(...ENVIRONMENTS)
      .optional()
      .describe('Which Actito: ENV-0, ENV-1, ENV-3 or PREPROD.'),
    baseUrl: textOrEnv(urlFault).optional().describe('Address of the API, instead of environment.'),
    apiKey: envReference.describe('Environment variable with the API key.'),
    entity: plainText.describe('Name of the entity in Actito.'),
    profileTable: plainText.describe('Name or id of the profile table.'),
    delivery: deliverySchema.describe(
      "How list files reach Actito: the server behind one of the licence's file transfer locations.",
    ),
    limits: z
      .strictObject({
        concurrentCalls: z
          .int()
          .min(1)
          .max(5)
          .default(4)
          .describe(
            'Calls to Actito at one time, over all workers; Actito allows 5 per licence. Default: 4.',
          ),
        importsPerTablePerDay: z
          .int()
          .min(1)
          .max(100_000)
          .default(12)
          .describe('Imports per profile table in 24 hours, over all activations. Default: 12.'),
      })
      .prefault({})
      .describe("How much of the licence's limits actito-sync may use."),
    imports: z
      .strictObject({
        shareWithin: durationWithin('1s', '2h')
          .optional()
          .describe(
            'So long an import waits for other activations of the profile table that send the same attributes, and goes once for all of them. Default: it does not wait.',
          ),
      })
      .optional()
      .describe('How imports are sent.'),
    defaults: defaultsSchema.optional(),
    contract: contractSchema
      .prefault({})
      .describe('Only what this licence does otherwise than assumed: docs/actito-contract.md.'),
  })
  .refine(
    ({ delivery, contract }) => delivery.listing !== false || contract.listConfirmation !== 'fileDisappears',
    {
      path: ['delivery', 'listing'],
      error: expected('listingToConfirm'),
    },
  )
  .refine((value) => (value.environment === undefined) !== (value.baseUrl === undefined), {
    error: expected('environmentOrUrl', { environments: ENVIRONMENTS }),
  });

/** Its `defaults` are merged into the activations when the project is loaded, and have no meaning afterwards. */
export type Destination = Omit<z.infer<typeof destinationSchema>, 'defaults'>;
