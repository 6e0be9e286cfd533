import { certificateCommand } from '../commands.ts';
import { advise, always, failure } from './message.ts';

/** What is done on a file server, in words, and what to look at when the server says no. */
export const STEPS = {
  connect: ['connecting', 'Check delivery.host and delivery.port.'],
  secure: [
    'the change to TLS',
    'The server must offer FTP over explicit TLS (AUTH TLS, TLS 1.2 or newer) on delivery.port. Nothing was sent, not even the user name.',
  ],
  login: [
    'the login',
    'Check delivery.username and delivery.password. Some servers answer so when the account has too many connections.',
  ],
  protect: ['protecting the data connections', 'The server must allow encrypted transfers (PROT P).'],
  folder: [
    'opening the folder',
    'Check delivery.directory: it must exist on the server, and the account must be allowed to open it.',
  ],
  list: [
    'listing the folder',
    'Check delivery.directory; the account must be allowed to list it. For a server that lists nothing, set delivery.listing: false.',
  ],
  upload: [
    'the upload',
    'The account must be allowed to write in delivery.directory. Some servers refuse file names with a dot in front: doctor finds out, and delivery.temporaryName: "{file}.tmp" avoids them.',
  ],
  size: ['checking the size', 'The account must be allowed to read in delivery.directory.'],
  rename: [
    'the rename',
    'The account must be allowed to rename and replace files in delivery.directory. For a server that renames nothing, doctor tells what to set.',
  ],
  remove: ['removing a file', 'The account must be allowed to delete files in delivery.directory.'],
} as const satisfies Record<string, readonly [string, string]>;

export type DeliveryStep = keyof typeof STEPS;

const SLOW =
  'If the server needs longer, for example for a virus scan, set delivery.timeout, such as timeout: 10m.';

/** Settings of delivery for what a server cannot do, as they are written, and what it cannot. */
const LINES = {
  listing: ['listing: false', 'it does not list the folder'],
  temporaryName: ['temporaryName: "{file}.tmp"', 'it refuses or hides file names with a dot in front'],
  concurrentWrites: ['concurrentWrites: 1', 'it takes one write at a time'],
  checkSize: ['checkSize: false', 'it does not tell the size of a file'],
  write: ['write: direct', 'it does not rename; only if Actito ignores files that still grow'],
} as const satisfies Record<string, readonly [string, string]>;

/** A setting of delivery that a server needs. */
export type DeliveryLine = keyof typeof LINES;

const SFTP = 'sftp://sftp.example.com:22';
const FTPS = 'ftps://ftp.example.com:21';

/** What is said of the file server, and of the list's file on it. */
export const DELIVERY_MESSAGES = {
  fileServerBrokeOff: failure<{
    server: string;
    step: DeliveryStep;
    answer: string;
    /** A passive data connection could not be made. */
    passive?: boolean;
  }>('DeliveryUnavailable', {
    examples: [
      { server: SFTP, step: 'connect', answer: 'ECONNREFUSED' },
      { server: FTPS, step: 'upload', answer: '425: no data connection', passive: true },
    ],
    says: ({ server, step, answer, passive }) =>
      `${server}: ${STEPS[step][0]} failed (${answer}).` +
      (passive ? ' A firewall may block the passive ports of the server.' : ''),
  }),
  fileServerSilent: failure<{ server: string; step: DeliveryStep; seconds: number }>('DeliveryUnavailable', {
    examples: [{ server: SFTP, step: 'upload', seconds: 60 }],
    says: ({ server, step, seconds }) =>
      `${server}: ${STEPS[step][0]} made no progress for ${seconds} s, so the connection was ended.`,
    next: () => advise(SLOW),
  }),
  fileServerFull: failure<{ server: string; step: DeliveryStep; quota: boolean }>('DeliveryUnavailable', {
    examples: [
      { server: SFTP, step: 'upload', quota: false },
      { server: SFTP, step: 'upload', quota: true },
    ],
    says: ({ server, step, quota }) =>
      `${server}: ${STEPS[step][0]} failed (${quota ? "the account's quota is used up" : 'the disk is full'}).`,
    next: ({ quota }) =>
      advise(
        `${quota ? 'Free space in the account, or have its quota raised' : 'Free space on the server'}: it must hold the old file and the new one at the same time. The delivery is tried again meanwhile.`,
      ),
  }),
  sftpRefused: failure<{ server: string; step: DeliveryStep; answer: string }>('DeliveryRefused', {
    examples: [
      { server: SFTP, step: 'upload', answer: 'status 3: permission denied' },
      { server: SFTP, step: 'rename', answer: 'status 8: it does not support this' },
      { server: SFTP, step: 'connect', answer: 'no algorithm in common' },
    ],
    says: ({ server, step, answer }) => `${server}: ${STEPS[step][0]} failed (${answer}).`,
    next: ({ step }) => advise(STEPS[step][1]),
  }),
  fileSystemReadOnly: failure('DeliveryRefused', {
    examples: [{ server: SFTP, directory: '/in' }],
    says: ({ server, directory }) => `${server}: ${directory} is on a file system that is read-only.`,
    next: () => advise('Whoever runs the server must make it writable, or name another folder.'),
  }),
  fileServerLacks: failure<{ server: string; destination: string; lines: DeliveryLine[] }>(
    'DeliveryRefused',
    {
      examples: [
        { server: SFTP, destination: 'actito', lines: ['listing'] },
        { server: SFTP, destination: 'actito', lines: Object.keys(LINES) as DeliveryLine[] },
      ],
      says: ({ server, destination, lines }) =>
        [
          `${server} cannot do all that is needed. Write under delivery: in destinations/${destination}.yaml:`,
          ...lines.map((name) => `  ${LINES[name][0]} # ${LINES[name][1]}`),
        ].join('\n'),
    },
  ),
  sizeUnknown: failure('DeliveryRefused', {
    examples: [{ server: SFTP }],
    says: ({ server }) => `${server} does not tell the size of a file, neither by itself nor in a listing.`,
    next: () =>
      advise(
        'Set delivery.checkSize: false to go without the check; an upload that was cut short is then not noticed.',
      ),
  }),
  folderMissing: failure('DeliveryRefused', {
    examples: [
      { server: SFTP, folder: '/in' },
      { server: SFTP, folder: '/été' },
    ],
    says: ({ server, folder }) => `${server} has no folder ${folder}.`,
    next: ({ folder }) =>
      advise(
        'Check delivery.directory.' +
          (/[^\0-\x7f]/.test(folder)
            ? ' Names are sent to an SFTP server as UTF-8. If it has another encoding, have a folder made whose name has ASCII letters only.'
            : ''),
      ),
  }),
  fileListTooLong: failure('DeliveryRefused', {
    examples: [{ server: SFTP }],
    says: ({ server }) =>
      `${server} lists more than about 200,000 files in the folder of the lists, or a list that does not end.`,
    next: () =>
      advise(
        'Use a folder for lists only (delivery.directory), or go without its list: delivery.listing: false.',
      ),
  }),
  certificateOfOther: failure('DeliveryRefused', {
    examples: [{ server: FTPS, host: 'ftp.example.com', port: 21 }],
    says: ({ server, host }) => `${server} is not trusted: its certificate is not for ${host}.`,
    next: ({ host, port }) => [
      {
        advice: 'Write delivery.host as the certificate does, which shows its names by',
        command: certificateCommand(host, port),
      },
    ],
  }),
  certificateExpired: failure('DeliveryRefused', {
    examples: [{ server: FTPS }],
    says: ({ server }) => `${server} is not trusted: its certificate has expired.`,
    next: () => advise('Whoever runs the server must renew it.'),
  }),
  certificateNotYetValid: failure('DeliveryRefused', {
    examples: [{ server: FTPS }],
    says: ({ server }) => `${server} is not trusted: its certificate is not valid yet.`,
    next: () => advise("Check this machine's clock, then ask whoever runs the server."),
  }),
  certificateNotOfCa: failure('DeliveryRefused', {
    examples: [{ server: FTPS, code: 'SELF_SIGNED_CERT_IN_CHAIN' }],
    says: ({ server, code }) =>
      `${server} is not trusted: its certificate is not from the authority in delivery.ca (${code}).`,
    next: () =>
      advise('If it was changed on purpose, renew delivery.ca; otherwise someone may stand between.'),
  }),
  certificateOfUnknown: failure('DeliveryRefused', {
    examples: [{ server: FTPS, code: 'DEPTH_ZERO_SELF_SIGNED_CERT' }],
    says: ({ server, code }) =>
      `${server} is not trusted: its certificate is not from an authority that is publicly known (${code}).`,
    next: () => advise("If the server has one of its own, give that authority's certificate in delivery.ca."),
  }),
  caUnreadable: failure(
    'DeliveryRefused',
    always(
      'The certificate of delivery.ca cannot be read: the variable must hold the certificate itself (PEM).',
    ),
  ),
  uploadIncomplete: failure('DeliveryUnavailable', {
    examples: [{ held: 1024, sent: 4096 }],
    says: ({ held, sent }) => `The file server holds ${held} bytes of the ${sent} that were sent.`,
  }),
  uploadGone: failure('DeliveryUnavailable', always('The uploaded file is gone from the server.')),
};
