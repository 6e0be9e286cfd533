import { z } from 'zod';
import { choice } from '../../contract/fields.ts';
import { expected } from '../../contract/messages/expected.ts';
import { durationWithin, envReference, keyReference, textOrEnv } from './common.ts';
import { hostFault, hostKeyFault } from './safe-text.ts';

/* The settings of a login to a file server: to deliver lists (delivery.ts), and to read exports (profiles.ts). */

/** A port, or the environment variable with it. */
const port = z
  .union([z.int().min(1).max(65535), envReference], { error: expected('portOrVariable') })
  .meta({ title: 'port or { env: NAME }' });

const account = {
  host: textOrEnv(hostFault)
    .describe('Name or address of the server.')
    .meta({ examples: ['sftp.shop.example'] }),
  username: textOrEnv()
    .describe('Account on the server.')
    .meta({ examples: ['actito-sync'] }),
};

/** The maximum time without progress. */
export const timeout = durationWithin('5s', '2h')
  .optional()
  .describe(
    'Maximum time without progress. Increase it for servers that pause for longer, for example for a virus scan. Default: 60s.',
  )
  .meta({ examples: ['10m'] });

const hostKey = z.union([textOrEnv(hostKeyFault), z.array(textOrEnv(hostKeyFault)).min(1).max(10)], {
  error: expected('hostKeys'),
});

/** An SFTP server, whose host key is pinned. */
export const sftpShape = {
  ...account,
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
};

/** A server with FTP over TLS. A server without TLS is refused. */
export const ftpsShape = {
  ...account,
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
};

/** Requires a password or a key, one of which SFTP needs. */
export function needsLogin<T extends z.ZodType<{ password?: unknown; privateKey?: unknown }>>(schema: T): T {
  return schema.refine((value) => value.password || value.privateKey, { error: expected('passwordOrKey') });
}

/** The error of a union of both protocols. */
export const byProtocol = {
  error: ({ code }: { code?: string }) =>
    code === 'invalid_union' ? expected('choice', { values: ['sftp', 'ftps'] }) : expected('group'),
};
