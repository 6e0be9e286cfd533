import { z } from 'zod';
import { choice } from '../../contract/fields.ts';
import { expected } from '../../contract/messages/expected.ts';
import { durationWithin, envReference, keyReference, plainText, textOrEnv } from './common.ts';
import { controlFault, hostFault, hostKeyFault } from './safe-text.ts';

/** A port, or the environment variable that holds it. */
const port = z.union([z.int().min(1).max(65535), envReference], { error: expected('portOrVariable') });

/** Where the name of the list's file goes in `temporaryName`. */
const FILE = '{file}';

/** Whether a pattern makes a file name that is another one than the list's own. */
function isTemporaryName(pattern: string): boolean {
  const around = pattern.split(FILE);
  return around.length === 2 && around.join('') !== '' && !/[{}/\\]/.test(around.join(''));
}

const place = {
  host: textOrEnv(hostFault).describe('The server, or { env: NAME }.'),
  username: textOrEnv().describe('The account on the server, or { env: NAME }.'),
  directory: plainText.describe("The folder on the server that Actito's file transfer location points to."),
  location: plainText
    .optional()
    .describe('Name of the file transfer location in Actito; needed only when Actito knows several.'),
};

/** What a server cannot do, and how long it may take. `doctor` finds out which lines a server needs. */
const behavior = {
  temporaryName: z
    .string()
    .max(100)
    .refine((text) => controlFault(text) === undefined && isTemporaryName(text), {
      error: expected('temporaryName'),
    })
    .optional()
    .describe(
      'The name of a file while it is uploaded. {file} stands for the name of the list\'s file and the number of the run. Default: ".{file}.part"; "{file}.tmp" for servers that refuse names with a dot in front.',
    ),
  write: choice('rename', 'direct')
    .optional()
    .describe(
      'rename: upload under a temporary name, then rename. direct: upload under the final name, for servers that cannot rename; only where Actito ignores files that still grow. Default: rename.',
    ),
  listing: z
    .boolean()
    .optional()
    .describe(
      'false: the server does not list the folder, so uploads that broke off stay there. Default: true.',
    ),
  checkSize: z
    .boolean()
    .optional()
    .describe(
      'false: the server does not tell the size of a file, so an upload that it cut short is not noticed. Default: true.',
    ),
  timeout: durationWithin('5s', '2h')
    .optional()
    .describe(
      'The longest time without progress, for servers that are silent for longer, such as during a virus scan. Default: 60s.',
    ),
};

const hostKey = z.union([textOrEnv(hostKeyFault), z.array(textOrEnv(hostKeyFault)).min(1).max(10)], {
  error: expected('hostKeys'),
});

const sftp = z
  .strictObject({
    ...place,
    protocol: z.literal('sftp').describe('sftp, or ftps (FTP over TLS).'),
    port: port.default(22).describe('Default: 22.'),
    password: envReference.optional().describe('Environment variable with the password; or privateKey.'),
    privateKey: keyReference
      .optional()
      .describe(
        'Environment variable with the private key itself (PEM, PKCS#8 or OpenSSH), not its path; passphrase: { env: NAME } for an encrypted one.',
      ),
    hostKey: hostKey.describe(
      'SHA256:… as ssh-keyscan <host> | ssh-keygen -lf - prints it; a list while the server changes its key.',
    ),
    ...behavior,
    concurrentWrites: z
      .int()
      .min(1)
      .max(64)
      .optional()
      .describe(
        'Packets of an upload that are under way at one time; 1 for servers that take only one. Default: 64.',
      ),
  })
  .refine((value) => value.password || value.privateKey, {
    error: expected('passwordOrKey'),
  });

/** FTP over TLS; a server that cannot do it is refused. */
const ftps = z.strictObject({
  ...place,
  protocol: z.literal('ftps').describe('ftps (FTP over TLS), or sftp.'),
  port: port.default(21).describe('Default: 21.'),
  tls: choice('explicit', 'implicit')
    .optional()
    .describe(
      'explicit: TLS begins by the command AUTH TLS. implicit: TLS begins at once. Default: implicit on port 990, explicit on every other.',
    ),
  encoding: choice('utf8', 'latin1')
    .optional()
    .describe('How names of files are written: latin1 for old servers without UTF-8. Default: utf8.'),
  password: envReference.describe('Environment variable with the password.'),
  ca: envReference
    .optional()
    .describe(
      'Environment variable with the certificate (PEM) of the authority to trust instead of the public ones.',
    ),
  ...behavior,
});

/** How list files reach Actito. */
export const deliverySchema = z.discriminatedUnion('protocol', [sftp, ftps], {
  error: ({ code }) =>
    code === 'invalid_union' ? expected('choice', { values: ['sftp', 'ftps'] }) : expected('group'),
});

export type Delivery = z.infer<typeof deliverySchema>;
