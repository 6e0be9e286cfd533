import { z } from 'zod';
import { defaultsSchema } from './activation.ts';
import { envReference, textOrEnv } from './common.ts';
import { contractSchema } from './contract.ts';

/** A port, or the environment variable that holds it. */
const port = z.union([z.int().min(1).max(65535), envReference], { error: 'a port number, or { env: NAME }' });

const place = {
  host: textOrEnv,
  username: textOrEnv,
  /** The folder on the server that Actito's file transfer location points to. */
  directory: z.string().min(1),
  /** Name of the file transfer location in Actito; needed only when Actito knows several. */
  location: z.string().min(1).optional(),
};

const sftp = z
  .strictObject({
    ...place,
    protocol: z.literal('sftp'),
    port: port.default(22),
    password: envReference.optional(),
    /** Environment variable with the private key itself (PEM or OpenSSH), not its path. */
    privateKey: envReference.optional(),
    /** `SHA256:…` as `ssh-keyscan -t ed25519 host | ssh-keygen -lf -` prints it. */
    hostKey: textOrEnv.refine(
      (value) => typeof value !== 'string' || /^SHA256:[A-Za-z0-9+/]{43}=?$/.test(value),
      {
        error: 'the SHA256 fingerprint of the server\'s host key, "SHA256:" and 43 characters',
      },
    ),
  })
  .refine((value) => value.password || value.privateKey, {
    error: 'password: { env: NAME } or privateKey: { env: NAME }',
  });

/** Explicit TLS on the usual port; a server that cannot do it is refused. */
const ftps = z.strictObject({
  ...place,
  protocol: z.literal('ftps'),
  port: port.default(21),
  password: envReference,
  /** Environment variable with the certificate (PEM) of the authority to trust, instead of the public ones. */
  ca: envReference.optional(),
});

/** `destinations/<id>.yaml`: one profile table of one Actito licence, and the way files reach it. */
export const destinationSchema = z
  .strictObject({
    environment: z
      .enum(['ENV-0', 'ENV-1', 'ENV-3', 'PREPROD'], { error: 'ENV-0, ENV-1, ENV-3 or PREPROD' })
      .optional(),
    baseUrl: textOrEnv.optional(),
    apiKey: envReference,
    entity: z.string().min(1),
    /** Name or id of the profile table. */
    profileTable: z.string().min(1),
    delivery: z.discriminatedUnion('protocol', [sftp, ftps], { error: 'protocol: sftp or ftps' }),
    limits: z
      .strictObject({
        /** Calls to Actito at one time, over all workers; Actito allows 5 per licence. */
        concurrentCalls: z.int().min(1).max(5).default(4),
        /** Imports per profile table in 24 hours, over all activations. */
        importsPerTablePerDay: z.int().min(1).default(12),
      })
      .prefault({}),
    defaults: defaultsSchema.optional(),
    contract: contractSchema.prefault({}),
  })
  .refine((value) => (value.environment === undefined) !== (value.baseUrl === undefined), {
    error: 'either environment (ENV-0, ENV-1, ENV-3, PREPROD) or baseUrl, one of the two',
  });

/** Its `defaults` are merged into the activations when the project is loaded, and have no meaning afterwards. */
export type Destination = Omit<z.infer<typeof destinationSchema>, 'defaults'>;
export type Delivery = Destination['delivery'];
