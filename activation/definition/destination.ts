import { z } from 'zod';
import { choice } from '../../contract/fields.ts';
import { expected } from '../../contract/messages/expected.ts';
import { defaultsSchema } from './activation.ts';
import { durationWithin, envReference, plainText, textOrEnv } from './common.ts';
import { hostFault, hostKeyFault, urlFault } from './safe-text.ts';
import { contractSchema } from './contract.ts';

/** A port, or the environment variable that holds it. */
const port = z.union([z.int().min(1).max(65535), envReference], { error: expected('portOrVariable') });

const place = {
  host: textOrEnv(hostFault).describe('The server, or { env: NAME }.'),
  username: textOrEnv().describe('The account on the server, or { env: NAME }.'),
  directory: plainText.describe("The folder on the server that Actito's file transfer location points to."),
  location: plainText
    .optional()
    .describe('Name of the file transfer location in Actito; needed only when Actito knows several.'),
};

const sftp = z
  .strictObject({
    ...place,
    protocol: z.literal('sftp').describe('sftp, or ftps (explicit TLS).'),
    port: port.default(22).describe('Default: 22.'),
    password: envReference.optional().describe('Environment variable with the password; or privateKey.'),
    privateKey: envReference
      .optional()
      .describe('Environment variable with the private key itself (PEM or OpenSSH), not its path.'),
    hostKey: textOrEnv(hostKeyFault).describe(
      'SHA256:… as ssh-keyscan -t ed25519 <host> | ssh-keygen -lf - prints it.',
    ),
  })
  .refine((value) => value.password || value.privateKey, {
    error: expected('passwordOrKey'),
  });

/** Explicit TLS on the usual port; a server that cannot do it is refused. */
const ftps = z.strictObject({
  ...place,
  protocol: z.literal('ftps').describe('ftps (explicit TLS), or sftp.'),
  port: port.default(21).describe('Default: 21.'),
  password: envReference.describe('Environment variable with the password.'),
  ca: envReference
    .optional()
    .describe(
      'Environment variable with the certificate (PEM) of the authority to trust instead of the public ones.',
    ),
});

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
    delivery: z
      .discriminatedUnion('protocol', [sftp, ftps], {
        error: ({ code }) =>
          code === 'invalid_union' ? expected('choice', { values: ['sftp', 'ftps'] }) : expected('group'),
      })
      .describe(
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
        listWaitsFor: durationWithin('1s', '6h')
          .optional()
          .describe(
            'So long a list waits for the import of its attributes, besides shareWithin; then it is delivered, and the run goes on with the import. Default: 10m.',
          ),
      })
      .optional()
      .describe('How imports are sent.'),
    defaults: defaultsSchema.optional(),
    contract: contractSchema
      .prefault({})
      .describe('Only what this licence does otherwise than assumed: docs/actito-contract.md.'),
  })
  .refine((value) => (value.environment === undefined) !== (value.baseUrl === undefined), {
    error: expected('environmentOrUrl', { environments: ENVIRONMENTS }),
  });

/** Its `defaults` are merged into the activations when the project is loaded, and have no meaning afterwards. */
export type Destination = Omit<z.infer<typeof destinationSchema>, 'defaults'>;
export type Delivery = Destination['delivery'];
