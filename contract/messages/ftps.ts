import { adviceOn, type DeliveryStep, type OfServer, settingOf, STEPS } from './delivery.ts';
import { advise, failure } from './message.ts';
import { counted } from './words.ts';

const FTPS = 'ftps://ftp.example.com:21';

/** Messages about FTPS servers, in addition to those about all file servers (delivery.ts). */
export const FTPS_MESSAGES = {
  ftpsRefused: failure<OfServer & { server: string; step: DeliveryStep; answer: string }>('DeliveryRefused', {
    examples: [
      { server: FTPS, step: 'upload', answer: '553: a file name that it does not allow' },
      ...(Object.keys(STEPS) as DeliveryStep[])
        .filter((step) => step !== 'upload')
        .map((step) => ({ server: FTPS, step, answer: '550: no such file, or no right' })),
      { server: FTPS, step: 'login', answer: '530: the login is refused', setting: 'profiles.export.server' },
    ],
    says: ({ server, step, answer }) => `${server}: ${STEPS[step][0]} failed (${answer}).`,
    next: ({ step, ...facts }) => advise(adviceOn(step, facts)),
  }),
  ftpsFolderRefused: failure('DeliveryRefused', {
    examples: [{ server: FTPS, folder: '/in', code: 550 }],
    says: ({ server, folder, code }) => `${server} denied access to the folder ${folder} (${code}).`,
    next: () =>
      advise('Check delivery.directory: it must exist on the server, and the account needs access to it.'),
  }),
  ftpsFileInUse: failure<{ server: string; step: DeliveryStep }>('DeliveryUnavailable', {
    examples: [
      { server: FTPS, step: 'rename' },
      { server: FTPS, step: 'remove' },
      { server: FTPS, step: 'upload' },
    ],
    says: ({ server, step }) =>
      `${server}: ${STEPS[step][0]} failed (550), although the account has this permission for other files. The file is in use (Actito may be reading it), or it belongs to another account.`,
  }),
  ftpsUnconfirmed: failure<{ server: string; seconds: number }>('DeliveryUnavailable', {
    examples: [{ server: FTPS, seconds: 60 }],
    says: ({ server, seconds }) =>
      `${server} received the whole file but did not confirm the upload within ${seconds} s.`,
    next: () =>
      advise(
        'If the server scans files for viruses, it may need more time. Set delivery.timeout, for example to 10m.',
      ),
  }),
  ftpsTooManyLogins: failure<{ server: string; open: number }>('DeliveryUnavailable', {
    examples: [
      { server: FTPS, open: 1 },
      { server: FTPS, open: 3 },
    ],
    says: ({ server, open }) =>
      `${server} rejects another login (530) while this worker has ${counted(open, 'open connection')} for the same account.`,
    next: () => advise('Raise the connection limit of the account on the server.'),
  }),
  ftpsPassiveRefused: failure<{ server: string; step: DeliveryStep; answer: string }>('DeliveryRefused', {
    examples: [{ server: FTPS, step: 'list', answer: '501' }],
    says: ({ server, step, answer }) =>
      `${server}: ${STEPS[step][0]} failed. The server rejects passive transfers (${answer} to EPSV and PASV).`,
    next: () =>
      advise(
        'Enable passive transfers on the server. Active transfers are not supported, because the server would have to connect to the worker.',
      ),
  }),
  ftpsImplicitOnly: failure<OfServer & { server: string }>('DeliveryRefused', {
    examples: [{ server: 'ftps://ftp.example.com:2990' }],
    says: ({ server }) => `${server} sends no greeting; it expects TLS immediately (implicit FTPS).`,
    next: (facts) => advise(`Set ${settingOf(facts, 'tls')}: implicit.`),
  }),
  ftpsNotImplicit: failure<OfServer & { server: string; code: string }>('DeliveryRefused', {
    examples: [{ server: FTPS, code: 'ERR_SSL_WRONG_VERSION_NUMBER' }],
    says: ({ server, code }) => `${server} does not start with TLS 1.2 or newer (${code}).`,
    next: (facts) =>
      advise(
        `With ${settingOf(facts, 'tls')}: implicit, and on port 990, the connection must start with TLS. Most servers on port 21 need ${settingOf(facts, 'tls')}: explicit.`,
      ),
  }),
  ftpsNameNotLatin1: failure<OfServer & { path: string }>('DeliveryRefused', {
    examples: [{ path: '/in/Klienci — łódź.csv' }],
    says: ({ path, ...facts }) =>
      `The name ${path} has letters that cannot be written with ${settingOf(facts, 'encoding')}: latin1.`,
    next: ({ setting }) =>
      advise(
        setting === undefined
          ? 'Choose another name with list.fileName.'
          : `Choose another profiles.export.directory, or omit ${setting}.encoding.`,
      ),
  }),
};
