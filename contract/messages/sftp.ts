import { advise, failure } from './message.ts';

/** How we can log in by SSH. */
export const SFTP_LOGIN_METHODS = ['publickey', 'password', 'keyboard-interactive'] as const;

export type SftpLoginMethod = (typeof SFTP_LOGIN_METHODS)[number];

const KEY_TROUBLE = {
  format: 'it is no key. The variable must hold the key itself (PEM, PKCS#8 or OpenSSH), not its path',
  kind: 'it is of a kind that SSH does not use. Take an Ed25519, ECDSA or RSA key',
  passphraseMissing: 'it is encrypted. Write privateKey: { env: NAME, passphrase: { env: NAME } }',
  passphraseWrong: 'the passphrase of delivery.privateKey.passphrase does not open it',
};

/** Why a private key cannot be read. */
export type KeyTrouble = keyof typeof KEY_TROUBLE;

const SFTP = 'sftp://sftp.example.com:22';
const NEW_KEY = 'SHA256:4c0EbBztWq/TKzls1lAXiL5uOU/SN4XYjiqwDSmn8lQ';

/** What is said of a login by SSH: host keys, keys and passwords. */
export const SFTP_MESSAGES = {
  sftpNotOffered: failure('DeliveryRefused', {
    examples: [{ server: SFTP }],
    says: ({ server }) => `${server} accepts the login, but starts no SFTP for this account.`,
    next: () =>
      advise(
        'Whoever runs the server must allow SFTP for it; an account whose shell prints a text at login cannot use SFTP either.',
      ),
  }),
  hostKeyNotPinned: failure<{ server: string; shown: { kind: string; fingerprint: string }[] }>(
    'DeliveryRefused',
    {
      examples: [
        { server: SFTP, shown: [{ kind: 'ssh-ed25519', fingerprint: NEW_KEY }] },
        {
          server: SFTP,
          shown: [
            { kind: 'ssh-ed25519', fingerprint: NEW_KEY },
            { kind: 'ssh-rsa', fingerprint: NEW_KEY.replace('4', '5') },
          ],
        },
      ],
      says: ({ server, shown }) =>
        `${server} did not show a pinned host key (delivery.hostKey). It showed ` +
        `${shown.map(({ kind, fingerprint }) => `${fingerprint} (${kind})`).join(' and ')}.`,
      next: ({ shown }) =>
        advise(
          'If whoever runs the server confirms this fingerprint, pin it: ' +
            `hostKey: ${shown[0]!.fingerprint}, or both while the key changes: hostKey: [ <the old one>, ${shown[0]!.fingerprint} ]. ` +
            'Otherwise someone may stand between.',
        ),
    },
  ),
  sftpLoginRefused: failure<{ server: string; offered: readonly SftpLoginMethod[]; more: boolean }>(
    'DeliveryRefused',
    {
      examples: [
        { server: SFTP, offered: [], more: false },
        { server: SFTP, offered: ['publickey', 'password'], more: false },
        { server: SFTP, offered: ['keyboard-interactive'], more: true },
      ],
      says: ({ server, offered, more }) =>
        `${server} refuses the login.` +
        (offered.length === 0 ? '' : ` It offers ${offered.join(', ')}.`) +
        (more ? ' It asks for more than a password.' : ''),
      next: ({ more }) =>
        advise(
          'Check delivery.username and its password or key.',
          ...(more ? ['An account for actito-sync must not need a second factor.'] : []),
        ),
    },
  ),
  sftpPasswordExpired: failure('DeliveryRefused', {
    examples: [{ server: SFTP }],
    says: ({ server }) => `${server} wants a new password before it accepts the login.`,
    next: () =>
      advise('Change the password of delivery.username on the server, and in its environment variable.'),
  }),
  privateKeyUnreadable: failure<{ why: KeyTrouble }>('DeliveryRefused', {
    examples: (Object.keys(KEY_TROUBLE) as KeyTrouble[]).map((why) => ({ why })) as [{ why: KeyTrouble }],
    says: ({ why }) => `The private key of delivery.privateKey cannot be read: ${KEY_TROUBLE[why]}.`,
  }),
};
