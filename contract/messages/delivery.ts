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
  list: ['listing the folder', 'The account must be allowed to list delivery.directory.'],
  upload: ['the upload', 'The account must be allowed to write in delivery.directory.'],
  size: ['checking the size', 'The account must be allowed to read in delivery.directory.'],
  rename: ['the rename', 'The account must be allowed to rename and replace files in delivery.directory.'],
  remove: ['removing a file', 'The account must be allowed to delete files in delivery.directory.'],
} as const satisfies Record<string, readonly [string, string]>;

export type DeliveryStep = keyof typeof STEPS;

/** Why an SFTP server says no to what is done there, as far as its codes tell. */
const SFTP_REFUSALS = {
  path: 'The path is not usable',
  permission: 'Permission denied',
};

export type SftpRefusal = keyof typeof SFTP_REFUSALS;

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
  sftpRefused: failure<{ server: string; step: DeliveryStep; why: SftpRefusal }>('DeliveryRefused', {
    examples: [
      { server: SFTP, step: 'upload', why: 'permission' },
      { server: SFTP, step: 'rename', why: 'path' },
    ],
    says: ({ server, step, why }) => `${server}: ${STEPS[step][0]} failed. ${SFTP_REFUSALS[why]}.`,
  }),
  hostKeyNotPinned: failure('DeliveryRefused', {
    examples: [{ server: SFTP }],
    says: ({ server }) => `${server} did not show the pinned host key (delivery.hostKey).`,
    next: () =>
      advise('If its key was changed on purpose, pin the new one; otherwise someone may stand between.'),
  }),
  sftpLoginRefused: failure('DeliveryRefused', {
    examples: [{ server: SFTP }],
    says: ({ server }) => `${server} refuses the login.`,
    next: () => advise('Check delivery.username and its password or key.'),
  }),
  privateKeyUnreadable: failure(
    'DeliveryRefused',
    always(
      'The private key of delivery.privateKey cannot be read: the variable must hold the key itself (PEM or OpenSSH).',
    ),
  ),
  folderMissing: failure('DeliveryRefused', {
    examples: [{ server: SFTP, folder: '/in' }],
    says: ({ server, folder }) => `${server} has no folder ${folder}.`,
    next: () => advise('Check delivery.directory.'),
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
  connectionClosed: always('the connection was closed'),
  uploadIncomplete: failure('DeliveryUnavailable', {
    examples: [{ held: 1024, sent: 4096 }],
    says: ({ held, sent }) => `The file server holds ${held} bytes of the ${sent} that were sent.`,
  }),
  uploadGone: failure('DeliveryUnavailable', always('The uploaded file is gone from the server.')),
};
