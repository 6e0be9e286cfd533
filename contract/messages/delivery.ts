import { certificateCommand } from '../commands.ts';
import { advise, always, failure } from './message.ts';

/** The steps on a file server in words, and what to check when the server rejects one. */
export const STEPS = {
  connect: ['the connection', 'Check delivery.host and delivery.port.'],
  secure: [
    'the switch to TLS',
    'The server must offer FTP over explicit TLS (AUTH TLS, TLS 1.2 or newer) on delivery.port. Nothing was sent, not even the user name.',
  ],
  login: [
    'the login',
    'Check delivery.username and delivery.password. Some servers also answer like this when the account has too many connections.',
  ],
  protect: ['the protection of data connections', 'The server must allow encrypted transfers (PROT P).'],
  folder: [
    'access to the folder',
    'Check delivery.directory: it must exist on the server, and the account needs access to it.',
  ],
  list: [
    'the folder listing',
    'Check delivery.directory; the account needs permission to list it. If the server does not support listings, set delivery.listing: false.',
  ],
  entries: [
    "the listing of the exports' folder",
    'Check profiles.export.directory: it must exist on the server, and the account needs permission to list it.',
  ],
  read: ['the download', 'The account needs read permission in profiles.export.directory.'],
  upload: [
    'the upload',
    'The account needs write permission in delivery.directory. If the server rejects file names that start with a dot (doctor tests this), set delivery.temporaryName: "{file}.tmp".',
  ],
  size: ['the size check', 'The account needs read permission in delivery.directory.'],
  rename: [
    'the rename',
    'The account needs permission to rename and replace files in delivery.directory. If the server cannot rename files, run doctor to see which setting it needs.',
  ],
  remove: ['the deletion of a file', 'The account needs permission to delete files in delivery.directory.'],
} as const satisfies Record<string, readonly [string, string]>;

export type DeliveryStep = keyof typeof STEPS;

/** Where a file server is configured. Undefined: under `delivery`. */
export interface OfServer {
  setting?: string;
}

/** Names a setting of the file server that an error is about. */
export function settingOf({ setting = 'delivery' }: OfServer, name: string): string {
  return `${setting}.${name}`;
}

/** Returns what to check when the server rejects a step. */
export function adviceOn(step: DeliveryStep, { setting }: OfServer): string {
  const advice: string = STEPS[step][1];
  if (setting === undefined) return advice;
  return advice
    .replaceAll('delivery.directory', 'profiles.export.directory')
    .replaceAll('delivery.', `${setting}.`);
}

const slow = (server: OfServer) =>
  `If the server needs more time, for example for a virus scan, set ${settingOf(server, 'timeout')}, for example to 10m.`;

/** Settings under delivery for features that a server lacks, and the reason for each. */
const LINES = {
  listing: ['listing: false', 'the server does not list the folder'],
  temporaryName: [
    'temporaryName: "{file}.tmp"',
    'the server rejects or hides file names that start with a dot',
  ],
  concurrentWrites: ['concurrentWrites: 1', 'the server accepts only one write at a time'],
  checkSize: ['checkSize: false', 'the server does not report file sizes'],
  write: ['write: direct', 'the server cannot rename; safe only if Actito ignores incomplete files'],
} as const satisfies Record<string, readonly [string, string]>;

/** A setting of delivery that a server needs. */
export type DeliveryLine = keyof typeof LINES;

const SFTP = 'sftp://sftp.example.com:22';
const FTPS = 'ftps://ftp.example.com:21';
const EXPORTS = 'profiles.export.server';

/** Messages about the file server and the file of the list. */
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
      (passive ? ' A firewall may block the passive ports.' : ''),
  }),
  fileServerSilent: failure<OfServer & { server: string; step: DeliveryStep; seconds: number }>(
    'DeliveryUnavailable',
    {
      examples: [
        { server: SFTP, step: 'upload', seconds: 60 },
        { server: SFTP, step: 'read', seconds: 60, setting: EXPORTS },
      ],
      says: ({ server, step, seconds }) =>
        `${server}: ${STEPS[step][0]} made no progress for ${seconds} s; the connection was closed.`,
      next: (facts) => advise(slow(facts)),
    },
  ),
  fileServerFull: failure<{ server: string; step: DeliveryStep; quota: boolean }>('DeliveryUnavailable', {
    examples: [
      { server: SFTP, step: 'upload', quota: false },
      { server: SFTP, step: 'upload', quota: true },
    ],
    says: ({ server, step, quota }) =>
      `${server}: ${STEPS[step][0]} failed (${quota ? "the account's quota is exceeded" : 'the disk is full'}).`,
    next: ({ quota }) =>
      advise(
        `${quota ? 'Free space in the account, or raise its quota' : 'Free space on the server'}: it must hold the old and the new file at the same time. The worker keeps retrying the delivery.`,
      ),
  }),
  sftpRefused: failure<OfServer & { server: string; step: DeliveryStep; answer: string }>('DeliveryRefused', {
    examples: [
      { server: SFTP, step: 'upload', answer: 'status 3: permission denied' },
      { server: SFTP, step: 'rename', answer: 'status 8: it does not support this' },
      { server: SFTP, step: 'connect', answer: 'no algorithm in common' },
      { server: SFTP, step: 'connect', answer: 'no algorithm in common', setting: EXPORTS },
    ],
    says: ({ server, step, answer }) => `${server}: ${STEPS[step][0]} failed (${answer}).`,
    next: ({ step, ...facts }) => advise(adviceOn(step, facts)),
  }),
  fileSystemReadOnly: failure('DeliveryRefused', {
    examples: [{ server: SFTP, directory: '/in' }],
    says: ({ server, directory }) => `${server}: the file system of ${directory} is read-only.`,
    next: () => advise('Ask the administrator of the server to make it writable, or for another folder.'),
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
          `${server} lacks features that a delivery needs. Add under delivery: in destinations/${destination}.yaml:`,
          ...lines.map((name) => `  ${LINES[name][0]} # ${LINES[name][1]}`),
        ].join('\n'),
    },
  ),
  sizeUnknown: failure('DeliveryRefused', {
    examples: [{ server: SFTP }],
    says: ({ server }) => `${server} does not report file sizes, neither directly nor in listings.`,
    next: () =>
      advise('To skip the check, set delivery.checkSize: false. An incomplete upload is then not detected.'),
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
            ? ' SFTP sends names as UTF-8. If the server uses another encoding, use a folder whose name has only ASCII characters.'
            : ''),
      ),
  }),
  fileListTooLong: failure<OfServer & { server: string }>('DeliveryRefused', {
    examples: [{ server: SFTP }, { server: SFTP, setting: EXPORTS }],
    says: ({ server }) =>
      `${server} returned a folder listing with more than 200,000 files, or one that does not end.`,
    next: ({ setting }) =>
      advise(
        setting === undefined
          ? 'Set delivery.directory to a folder that contains only lists, or disable listings with delivery.listing: false.'
          : 'Set profiles.export.directory to a folder that contains only exports.',
      ),
  }),
  certificateOfOther: failure<OfServer & { server: string; host: string; port: number }>('DeliveryRefused', {
    examples: [{ server: FTPS, host: 'ftp.example.com', port: 21 }],
    says: ({ server, host }) => `${server} is not trusted: its certificate is for another host than ${host}.`,
    next: ({ host, port, ...facts }) => [
      {
        advice: `Set ${settingOf(facts, 'host')} to a name in the certificate. To see its names, run`,
        command: certificateCommand(host, port),
      },
    ],
  }),
  certificateExpired: failure('DeliveryRefused', {
    examples: [{ server: FTPS }],
    says: ({ server }) => `${server} is not trusted: its certificate has expired.`,
    next: () => advise('Ask the administrator of the server to renew it.'),
  }),
  certificateNotYetValid: failure('DeliveryRefused', {
    examples: [{ server: FTPS }],
    says: ({ server }) => `${server} is not trusted: its certificate is not valid yet.`,
    next: () => advise('Check the clock of this machine, then ask the administrator of the server.'),
  }),
  certificateNotOfCa: failure<OfServer & { server: string; code: string }>('DeliveryRefused', {
    examples: [{ server: FTPS, code: 'SELF_SIGNED_CERT_IN_CHAIN' }],
    says: ({ server, code, ...facts }) =>
      `${server} is not trusted: its certificate is not signed by the CA in ${settingOf(facts, 'ca')} (${code}).`,
    next: (facts) =>
      advise(
        `If the administrator of the server confirms the change, update ${settingOf(facts, 'ca')}. Otherwise, the connection may be intercepted.`,
      ),
  }),
  certificateOfUnknown: failure<OfServer & { server: string; code: string }>('DeliveryRefused', {
    examples: [
      { server: FTPS, code: 'DEPTH_ZERO_SELF_SIGNED_CERT' },
      { server: FTPS, code: 'DEPTH_ZERO_SELF_SIGNED_CERT', setting: EXPORTS },
    ],
    says: ({ server, code }) =>
      `${server} is not trusted: its certificate is not signed by a public CA (${code}).`,
    next: (facts) =>
      advise(`If the server uses a private CA, set ${settingOf(facts, 'ca')} to that CA's certificate.`),
  }),
  caUnreadable: failure<OfServer>('DeliveryRefused', {
    examples: [{}],
    says: (facts) =>
      `The certificate in ${settingOf(facts, 'ca')} cannot be read. The variable must contain the certificate itself (PEM).`,
  }),
  uploadIncomplete: failure('DeliveryUnavailable', {
    examples: [{ held: 1024, sent: 4096 }],
    says: ({ held, sent }) => `The upload is incomplete: the file server has ${held} of ${sent} bytes.`,
  }),
  fileGone: failure(
    'DeliveryUnavailable',
    always('The file disappeared from the server before it was read.'),
  ),
  uploadGone: failure(
    'DeliveryUnavailable',
    always('The uploaded file disappeared from the server.', {
      advice:
        "If it happens again, check the account's quota (some servers accept a file that exceeds it, and then delete it), " +
        'and whether another program moves or deletes new files in delivery.directory, such as a virus scanner.',
    }),
  ),
};
