import { type DeliveryStep, STEPS } from './delivery.ts';
import { advise, failure } from './message.ts';

const FTPS = 'ftps://ftp.example.com:21';

/** What is said of an FTPS server, besides what is said of every file server (delivery.ts). */
export const FTPS_MESSAGES = {
  ftpsRefused: failure<{ server: string; step: DeliveryStep; answer: string }>('DeliveryRefused', {
    examples: [
      { server: FTPS, step: 'upload', answer: '553: a file name that it does not allow' },
      ...(Object.keys(STEPS) as DeliveryStep[])
        .filter((step) => step !== 'upload')
        .map((step) => ({ server: FTPS, step, answer: '550: no such file, or no right' })),
    ],
    says: ({ server, step, answer }) => `${server}: ${STEPS[step][0]} failed (${answer}).`,
    next: ({ step }) => advise(STEPS[step][1]),
  }),
  ftpsFolderRefused: failure('DeliveryRefused', {
    examples: [{ server: FTPS, folder: '/in', code: 550 }],
    says: ({ server, folder, code }) => `${server} does not open the folder ${folder} (${code}).`,
    next: () =>
      advise(
        'Check delivery.directory: the folder must exist on the server, and the account must be allowed to open it.',
      ),
  }),
  ftpsFileInUse: failure<{ server: string; step: DeliveryStep }>('DeliveryUnavailable', {
    examples: [
      { server: FTPS, step: 'rename' },
      { server: FTPS, step: 'remove' },
      { server: FTPS, step: 'upload' },
    ],
    says: ({ server, step }) =>
      `${server}: ${STEPS[step][0]} failed (550), and the account has that right for other files. The file is in use, for example because Actito is reading it, or it belongs to another account.`,
  }),
  ftpsUnconfirmed: failure<{ server: string; seconds: number }>('DeliveryUnavailable', {
    examples: [{ server: FTPS, seconds: 60 }],
    says: ({ server, seconds }) =>
      `${server} took the whole file, and did not confirm the upload within ${seconds} s.`,
    next: () =>
      advise('A server that scans files for viruses may need longer. Add under delivery: timeout: 10m'),
  }),
  ftpsTooManyLogins: failure<{ server: string; open: number }>('DeliveryUnavailable', {
    examples: [
      { server: FTPS, open: 1 },
      { server: FTPS, open: 3 },
    ],
    says: ({ server, open }) =>
      `${server} refuses another login (530) while this worker has ${open === 1 ? 'a connection' : `${open} connections`} open for the same account.`,
    next: () => advise('Allow the account more connections at one time.'),
  }),
  ftpsPassiveRefused: failure<{ server: string; step: DeliveryStep; answer: string }>('DeliveryRefused', {
    examples: [{ server: FTPS, step: 'list', answer: '501' }],
    says: ({ server, step, answer }) =>
      `${server}: ${STEPS[step][0]} failed. The server refuses passive transfers (${answer} to EPSV and PASV).`,
    next: () =>
      advise(
        'Have passive transfers allowed on the server. Active transfers are not supported: the server would have to connect to the worker.',
      ),
  }),
  ftpsImplicitOnly: failure<{ server: string }>('DeliveryRefused', {
    examples: [{ server: 'ftps://ftp.example.com:2990' }],
    says: ({ server }) => `${server} does not greet, and expects TLS at once (implicit FTPS).`,
    next: () => advise('Add under delivery: tls: implicit'),
  }),
  ftpsNotImplicit: failure<{ server: string; code: string }>('DeliveryRefused', {
    examples: [{ server: FTPS, code: 'ERR_SSL_WRONG_VERSION_NUMBER' }],
    says: ({ server, code }) => `${server} does not begin with TLS 1.2 or newer (${code}).`,
    next: () =>
      advise(
        'With delivery.tls: implicit, and on port 990, TLS begins at once. Most servers on port 21 expect delivery.tls: explicit.',
      ),
  }),
  ftpsNameNotLatin1: failure<{ path: string }>('DeliveryRefused', {
    examples: [{ path: '/in/Klienci — łódź.csv' }],
    says: ({ path }) =>
      `The name ${path} has letters that a server with delivery.encoding: latin1 cannot take.`,
    next: () => advise('Choose a name without them, by list.fileName.'),
  }),
};
