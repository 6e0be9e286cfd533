import { DESTINATION } from '../folders.ts';
import type { Case } from './case.ts';

const FOR_SFTP = DESTINATION.slice(DESTINATION.indexOf('  protocol'));
const FOR_FTPS = FOR_SFTP.replace('sftp\n', 'ftps\n').replace(/  hostKey.*\n/, '');

export const DESTINATIONS: Case[] = [
  [
    '{ env: ACTITO_API_KEY }',
    'hunter2',
    ':2 apiKey: expected { env: NAME } with the name of an environment variable; do not write the secret itself in this file',
  ],
  [
    '{ env: ACTITO_API_KEY }',
    '{ env: hunter2! }',
    ':2 apiKey.env: expected { env: NAME } with the name of an environment variable; do not write the secret itself in this file',
  ],
  [
    '{ env: SFTP_PASSWORD }',
    'hunter2',
    ':10 delivery.password: expected { env: NAME } with the name of an environment variable; do not write the secret itself in this file',
  ],
  [
    'password: { env: SFTP_PASSWORD }',
    'privateKey: |\n    hunter2',
    ':10 delivery.privateKey: expected { env: NAME } with the name of an environment variable; do not write the secret itself in this file',
  ],
  [
    'apiKey: { env: ACTITO_API_KEY }\n',
    '',
    ':1 apiKey: missing; expected { env: NAME } with the name of an environment variable',
  ],
  [
    '  password: { env: SFTP_PASSWORD }\n',
    '',
    ':5 delivery: expected password: { env: NAME } or privateKey: { env: NAME }',
  ],
  [
    'ENV-3\n',
    'ENV-3\nimports: { shareWithin: soon }\n',
    ':2 imports.shareWithin: expected a duration such as 15m, 48h or 2 days',
  ],
  [
    'ENV-3\n',
    'ENV-3\nimports: { shareWithin: 3h }\n',
    ':2 imports.shareWithin: expected a duration from 1s to 2h',
  ],
  ['ENV-3', 'ENV-9', ':1 environment: expected ENV-0, ENV-1, ENV-3 or PREPROD, got "ENV-9"'],
  [
    'environment: ENV-3\n',
    '',
    ':1: expected either environment (ENV-0, ENV-1, ENV-3, PREPROD) or baseUrl, but not both',
  ],
  ['protocol: sftp', 'protocol: ftp', ':6 delivery.protocol: expected sftp or ftps, got "ftp"'],
  ['  protocol: sftp\n', '', ':5 delivery.protocol: missing; expected sftp or ftps'],
  [
    'delivery:',
    'limits: {}\ndelivery: /in\nx:',
    ':6 delivery: expected a group of settings',
    ':7 x: unknown setting (known: baseUrl, imports, profiles, defaults, contract)',
  ],
  [
    'protocol: sftp',
    'protocol: ftps',
    ':11 delivery.hostKey: unknown setting (known: location, port, tls, encoding, ca, temporaryName, write, listing, checkSize, timeout)',
  ],
  ['protocol: sftp', 'protocol: sftp\n  port: 70000', ':7 delivery.port: expected at most 65535, got 70000'],
  ['host: sftp.shop.example', 'host: { var: HOST }', ':7 delivery.host: expected text or { env: NAME }'],
  [
    'SHA256:',
    'MD5:',
    ':11 delivery.hostKey: expected the SHA256 fingerprint of the server\'s host key: "SHA256:" and 43 characters',
  ],
  [
    'entity: shop',
    'entity: shop\nlimits: { concurrentCalls: 6 }',
    ':4 limits.concurrentCalls: expected at most 5, got 6',
  ],
  [
    'entity: shop',
    'entity: shop\nlimits: { importsPerTablePerDay: 1.5 }',
    ':4 limits.importsPerTablePerDay: expected a whole number, got 1.5',
  ],
  ...['VIP.tmp', '{file}', '{file}/tmp', '{file}.{run}', '{file}{file}.tmp'].map((pattern): Case => [
    'protocol: sftp',
    `protocol: sftp\n  temporaryName: "${pattern}"`,
    ':7 delivery.temporaryName: expected a file name with {file} once and at least one other character, such as "{file}.tmp", without a folder',
  ]),
  ['protocol: sftp', 'protocol: sftp\n  write: append', ':7 delivery.write: expected rename or direct'],
  [
    'protocol: sftp',
    'protocol: sftp\n  timeout: 60',
    ':7 delivery.timeout: expected a duration such as 15m, 48h or 2 days',
  ],
  [
    'delivery:\n  protocol: sftp',
    'contract: { listConfirmation: fileDisappears }\ndelivery:\n  protocol: sftp\n  listing: false',
    ':8 delivery.listing: expected true, because contract.listConfirmation: fileDisappears looks for the file in the folder',
  ],
  [
    'hostKey: SHA256:',
    'hostKey: [ MD5:x ]\n  location: SHA256:',
    ':11 delivery.hostKey[0]: expected the SHA256 fingerprint of the server\'s host key: "SHA256:" and 43 characters',
  ],
  ['hostKey: SHA256:', 'hostKey: []\n  location: SHA256:', ':11 delivery.hostKey: expected a non-empty list'],
  [
    'password: { env: SFTP_PASSWORD }',
    'privateKey: { env: KEY, passphrase: hunter2 }',
    ':10 delivery.privateKey.passphrase: expected { env: NAME } with the name of an environment variable; do not write the secret itself in this file',
  ],
  // The rest of the file as for FTPS: no host key, so that only problems of FTPS remain.
  [
    FOR_SFTP,
    `${FOR_FTPS}  ca: |\n    hunter2\n`,
    ':11 delivery.ca: expected { env: NAME } with the name of an environment variable; do not write the secret itself in this file',
  ],
  [
    FOR_SFTP,
    `${FOR_FTPS}  privatKey: { env: KEY }\n`,
    ':11 delivery.privatKey: unknown setting (known: location, port, tls, encoding, ca, temporaryName, write, listing, checkSize, timeout)',
  ],
  [
    FOR_SFTP,
    FOR_FTPS.replace(/  password.*\n/, ''),
    ':5 delivery.password: missing; expected { env: NAME } with the name of an environment variable',
  ],
  [FOR_SFTP, `${FOR_FTPS}  prt: 21\n`, ':11 delivery.prt: unknown setting, did you mean "port"?'],
  [
    'entity: shop',
    'entity: shop\nlimit: { concurrentCalls: 4 }',
    ':4 limit: unknown setting, did you mean "limits"?',
  ],
];
