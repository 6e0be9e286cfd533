import { z } from 'zod';
import { choice } from '../../contract/fields.ts';
import { expected } from '../../contract/messages/expected.ts';
import { defaultsSchema } from './activation.ts';
import { durationWithin, envReference, plainText, textOrEnv } from './common.ts';
import { contractSchema } from './contract.ts';
import { deliverySchema } from './delivery.ts';
import { type Profiles, profilesSchema } from './profiles.ts';
import { urlFault } from './safe-text.ts';

const ENVIRONMENTS = ['ENV-0', 'ENV-1', 'ENV-3', 'PREPROD'] as const;

/** `destinations/<id>.yaml`: one profile table of one Actito license, and the way files reach it. */
export const destinationSchema = z
  .strictObject({
    environment: choice(...ENVIRONMENTS)
      .optional()
      .describe('Environment of the Actito license. Give either environment or baseUrl.'),
    baseUrl: textOrEnv(urlFault)
      .optional()
      .describe('Address of the API, with https. Give either environment or baseUrl.')
      .meta({ examples: [{ env: 'ACTITO_BASE_URL' }] }),
    apiKey: envReference
      .describe('Environment variable with the API key.')
      .meta({ examples: [{ env: 'ACTITO_API_KEY' }] }),
    entity: plainText.describe('Name of the entity in Actito.').meta({ examples: ['shop'] }),
    profileTable: plainText.describe('Name or id of the profile table.').meta({ examples: ['Profiles'] }),
    delivery: deliverySchema.describe(
      "Server of one of the license's file transfer locations. Actito reads the list files there.",
    ),
    limits: z
      .strictObject({
        concurrentCalls: z
          .int()
          .min(1)
          .max(5)
          .default(4)
          .describe(
            'Maximum number of concurrent calls to Actito, over all workers. Actito allows 5 per license.',
          )
          .meta({ examples: [2] }),
        importsPerTablePerDay: z
          .int()
          .min(1)
          .max(100_000)
          .default(24) // D: the limits page since 2026-02; 12 before
          .describe(
            'Maximum number of imports per profile table in 24 hours, over all activations. Actito documents 24 (12 before February 2026); extension packs allow more.',
          )
          .meta({ examples: [12] }),
      })
      .prefault({})
      .describe("How much of the license's limits actito-sync may use."),
    imports: z
      .strictObject({
        shareWithin: durationWithin('1s', '2h')
          .optional()
          .describe(
            'How long an import waits for other activations that send the same attributes to the same profile table. One import is then sent for all of them. Default: it does not wait.',
          )
          .meta({ examples: ['10m'] }),
        listWaitsFor: durationWithin('1s', '6h')
          .optional()
          .describe(
            'How long a list waits for the import of its attributes, in addition to shareWithin. After that, the list is delivered first and the run continues with the import. Default: 10m.',
          )
          .meta({ examples: ['30m'] }),
      })
      .optional()
      .describe('How imports are sent.'),
    profiles: profilesSchema.optional(),
    defaults: defaultsSchema.optional(),
    contract: contractSchema
      .prefault({})
      .describe('Differences between this license and what docs/actito-contract.md assumes.'),
  })
  .refine(
    ({ delivery, contract }) => delivery.listing !== false || contract.listConfirmation !== 'fileDisappears',
    {
      path: ['delivery', 'listing'],
      error: expected('listingToConfirm'),
    },
  )
  .refine(({ delivery, profiles }) => !profiles || profiles.export.server || delivery.listing !== false, {
    path: ['delivery', 'listing'],
    error: expected('listingToRead'),
  })
  .refine((value) => (value.environment === undefined) !== (value.baseUrl === undefined), {
    error: expected('environmentOrUrl', { environments: ENVIRONMENTS }),
  });

/** Its `defaults` are merged into the activations when the project is loaded, and have no meaning afterwards. */
export type Destination = Omit<z.infer<typeof destinationSchema>, 'defaults'>;

/** Whether a destination says where to read which profiles exist. */
export function hasProfiles(destination: Destination): destination is Destination & { profiles: Profiles } {
  return destination.profiles !== undefined;
}
