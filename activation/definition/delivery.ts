import { z } from 'zod';
import { choice } from '../../contract/fields.ts';
import { expected } from '../../contract/messages/expected.ts';
import { plainText } from './common.ts';
import { byProtocol, ftpsShape, needsLogin, sftpShape, timeout } from './file-server.ts';
import { controlFault } from './safe-text.ts';

/** The placeholder of the list's file name in `temporaryName`. */
const FILE = '{file}';

/** Whether a pattern gives a valid file name that differs from the list's own. */
function isTemporaryName(pattern: string): boolean {
  const around = pattern.split(FILE);
  return around.length === 2 && around.join('') !== '' && !/[{}/\\]/.test(around.join(''));
}

/** The folder, after the account: settings are listed in this order. */
const place = {
  host: sftpShape.host,
  username: sftpShape.username,
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
  timeout,
};

const sftp = needsLogin(
  z.strictObject({
    ...place,
    ...sftpShape,
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
  }),
);

const ftps = z.strictObject({ ...place, ...ftpsShape, ...behavior });

/** How list files reach Actito. */
export const deliverySchema = z.discriminatedUnion('protocol', [sftp, ftps], byProtocol);

export type Delivery = z.infer<typeof deliverySchema>;
