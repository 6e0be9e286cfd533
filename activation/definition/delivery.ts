import { z } from 'zod';
import { choice } from '../../contract/fields.ts';
import { expected } from '../../contract/messages/expected.ts';
import { durationWithin, envReference, keyReference, plainText, textOrEnv } from './common.ts';
import { controlFault, hostFault, hostKeyFault } from './safe-text.ts';

/** A port, or the environment variable with it. */
const port = z
  .union([z.int().min(1).max(65535), envReference], { error: expected('portOrVariable') })
  .meta({ title: 'port or { env: NAME }' });

/** The placeholder of the list's file name in `temporaryName`. */
const FILE = '{file}';

/** Whether a pattern gives a valid file name that differs from the list's own. */
function isTemporaryName(pattern: string): boolean {
  const around = pattern.split(FILE);
  return around.length === 2 && around.join('') !== '' && !/[{}/\\]/.test(around.join(''));
}

const place = {
  host: textOrEnv(hostFault)
    .describe('Name or address of the server.')
    .meta({ examples: ['sftp.shop.example'] }),
  username: textOrEnv()
    .describe('Account on the server.')
    .meta({ examples: ['actito-sync'] }),
  directory: plainText
    .describe("Folder on the server that Actito's file transfer location points to.")
    .meta({ examples: ['/in'] }),
  location: plainText
    .optional()
    .describe(
      'Name of the file transfer location in Actito. Needed if host and directory do not identify it.',
    )
    .meta({ examples: ['Shop SFTP'] }),
};

/** What a server does not support, and its timeout. `doctor` finds out which settings a server needs. */
const behavior = {
  temporaryName: z
    .string()
    .max(100)
    .refine((text) => controlFault(text) === undefined && isTemporaryName(text), {
      error: expected('temporaryName'),
    })
    .optional()
    .describe(
      'Name of a file during the upload. {file} is replaced by the name of the file and the number of the run. Set it for servers that refuse or hide names with a leading dot. Default: .{file}.part.',
    )
    .meta({ examples: ['{file}.tmp'] }),
  write: choice('rename', 'direct')
    .optional()
    .describe(
      'rename: upload under a temporary name, then rename. direct: upload under the final name, for servers that cannot rename. Use direct only if Actito ignores files that are still growing. Default: rename.',
    ),
  listing: z
    .boolean()
    .optional()
    .describe(
      'false: the server cannot list the folder, so parts of broken uploads stay there. Default: true.',
    ),
  checkSize: z
    .boolean()
    .optional()
    .describe(
      'false: the server cannot report the size of a file, so a truncated upload is not noticed. Default: true.',
    ),
  timeout: durationWithin('5s', '2h')
    .optional()
    .describe(
      'Maximum time without progress. Increase it for servers that pause for longer, for example for a virus scan. Default: 60s.',
    )
    .meta({ examples: ['10m'] }),
};

const hostKey = z.union([textOrEnv(hostKeyFault), z.array(textOrEnv(hostKeyFault)).min(1).max(10)], {
  error: expected('hostKeys'),
});

const sftp = z
  .strictObject({
    ...place,
    protocol: z.literal('sftp').describe('Protocol of the server. ftps is FTP over TLS.'),
    port: port
      .default(22)
      .describe('Port of the server.')
      .meta({ examples: [2222] }),
    password: envReference
      .optional()
      .describe('Environment variable with the password. Give either password or privateKey.')
      .meta({ examples: [{ env: 'ACTITO_SFTP_PASSWORD' }] }),
    privateKey: keyReference
      .optional()
      .describe(
        'Environment variable with the private key itself (OpenSSH, PuTTY or PEM), not its path. An encrypted key needs passphrase: { env: NAME }.',
      )
      .meta({ title: '{ env: NAME, passphrase }', examples: [{ env: 'ACTITO_SFTP_KEY' }] }),
    hostKey: hostKey
      .describe(
        'Fingerprint of the host key, as ssh-keyscan <host> | ssh-keygen -lf - prints it. Give a list while the server changes its key.',
      )
      .meta({
        title: 'text or { env: NAME }, or a list',
        examples: ['SHA256:4c0EbBztWq/TKzls1lAXiL5uOU/SN4XYjiqwDSmn8lQ'],
      }),
    ...behavior,
    concurrentWrites: z
      .int()
      .min(1)
      .max(64)
      .optional()
      .describe(
        'Number of packets that an upload has in flight. Use 1 for servers that accept only one. Default: 64.',
      )
      .meta({ examples: [1] }),
  })
  .refine((value) => value.password || value.privateKey, {
    error: expected('passwordOrKey'),
  });

/** FTP over TLS. A server without TLS is refused. */
const ftps = z.strictObject({
  ...place,
  protocol: z.literal('ftps').describe('Protocol of the server. ftps is FTP over TLS.'),
  port: port
    .default(21)
    .describe('Port of the server.')
    .meta({ examples: [990] }),
  tls: choice('explicit', 'implicit')
    .optional()
    .describe(
      'explicit: TLS starts with the command AUTH TLS. implicit: TLS starts immediately. Default: implicit on port 990, explicit on other ports.',
    ),
  encoding: choice('utf8', 'latin1')
    .optional()
    .describe('Encoding of file names. Use latin1 for old servers without UTF-8. Default: utf8.'),
  password: envReference
    .describe('Environment variable with the password.')
    .meta({ examples: [{ env: 'ACTITO_FTPS_PASSWORD' }] }),
  ca: envReference
    .optional()
    .describe(
      'Environment variable with the certificate (PEM) of the authority to trust. Default: the public authorities.',
    )
    .meta({ examples: [{ env: 'ACTITO_FTPS_CA' }] }),
  ...behavior,
});

/** How list files reach Actito. */
export const deliverySchema = z.discriminatedUnion('protocol', [sftp, ftps], {
  error: ({ code }) =>
    code === 'invalid_union' ? expected('choice', { values: ['sftp', 'ftps'] }) : expected('group'),
});

export type Delivery = z.infer<typeof deliverySchema>;
