import { type OfServer, settingOf } from './delivery.ts';
import { advise, failure } from './message.ts';

/** The supported SSH login methods. */
export const SFTP_LOGIN_METHODS = ['publickey', 'password', 'keyboard-interactive'] as const;

export type SftpLoginMethod = (typeof SFTP_LOGIN_METHODS)[number];

const KEY_TROUBLE = {
  format: 'it is not a key. The variable must contain the key itself (PEM, PKCS#8 or OpenSSH), not its path',
  kind: 'SSH does not support its type. Use an Ed25519, ECDSA or RSA key',
  passphraseMissing: 'it is encrypted. Set privateKey: { env: NAME, passphrase: { env: NAME } }',
  passphraseWrong: 'the passphrase in delivery.privateKey.passphrase is wrong',
};

/** Why a private key cannot be read. */
export type KeyTrouble = keyof typeof KEY_TROUBLE;

const SFTP = 'sftp://sftp.example.com:22';
const NEW_KEY = 'SHA256:4c0EbBztWq/TKzls1lAXiL5uOU/SN4XYjiqwDSmn8lQ';

/** Messages about SSH logins: host keys, keys and passwords. */
export const SFTP_MESSAGES = {
  sftpNotOffered: failure('DeliveryRefused', {
    examples: [{ server: SFTP }],
    says: ({ server }) => `${server} accepts the login but does not start SFTP for this account.`,
    next: () =>
      advise(
        'Ask the administrator of the server to enable SFTP for the account. Output of the login shell also prevents SFTP.',
      ),
  }),
  hostKeyNotPinned: failure<OfServer & { server: string; shown: { kind: string; fingerprint: string }[] }>(
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
      says: ({ server, shown, ...facts }) =>
        `${server} does not have the pinned host key (${settingOf(facts, 'hostKey')}). Its host key is ` +
        `${shown.map(({ kind, fingerprint }) => `${fingerprint} (${kind})`).join(' and ')}.`,
      next: ({ shown }) =>
        advise(
          'If the administrator of the server confirms this fingerprint, pin it with ' +
            `hostKey: ${shown[0]!.fingerprint}, or both keys during a change with hostKey: [ <the old one>, ${shown[0]!.fingerprint} ]. ` +
            'Otherwise, the connection may be intercepted.',
        ),
    },
  ),
  sftpLoginRefused: failure<
    OfServer & { server: string; offered: readonly SftpLoginMethod[]; more: boolean }
  >('DeliveryRefused', {
    examples: [
      { server: SFTP, offered: [], more: false },
      { server: SFTP, offered: ['publickey', 'password'], more: false },
      { server: SFTP, offered: ['keyboard-interactive'], more: true },
      { server: SFTP, offered: [], more: false, setting: 'profiles.export.server' },
    ],
    says: ({ server, offered, more }) =>
      `${server} rejected the login.` +
      (offered.length === 0 ? '' : ` It supports ${offered.join(', ')}.`) +
      (more ? ' It requires more than a password.' : ''),
    next: ({ more, ...facts }) =>
      advise(
        `Check ${settingOf(facts, 'username')} and its password or key.`,
        ...(more ? ['An account for actito-sync cannot use a second factor.'] : []),
      ),
  }),
  sftpPasswordExpired: failure<OfServer & { server: string }>('DeliveryRefused', {
    examples: [{ server: SFTP }],
    says: ({ server }) => `${server} requires a password change before it accepts the login.`,
    next: (facts) =>
      advise(
        `Change the password of ${settingOf(facts, 'username')} on the server and in the environment variable.`,
      ),
  }),
  privateKeyUnreadable: failure<OfServer & { why: KeyTrouble }>('DeliveryRefused', {
    examples: [
      { why: 'passphraseWrong', setting: 'profiles.export.server' },
      ...(Object.keys(KEY_TROUBLE) as KeyTrouble[]).map((why) => ({ why })),
    ],
    says: ({ why, ...facts }) =>
      `The private key in ${settingOf(facts, 'privateKey')} cannot be read: ` +
      `${KEY_TROUBLE[why].replace('delivery.privateKey', settingOf(facts, 'privateKey'))}.`,
  }),
};
