import { searchAttributesCommand } from '../commands.ts';
import { TLS_FAULTS, type TlsFault } from './connections.ts';
import { advise, failure } from './message.ts';

const NAMES = ['Activation', 'RunPhase', 'RunOutcome'];

/** Only database logins are bound to a connection. */
type TemporalFault = Exclude<TlsFault, 'binding'>;

/** What to change, with the variables of Temporal's CLI. */
const TLS_ADVICE: Record<TemporalFault, string> = {
  none: 'On a trusted network, unset TEMPORAL_TLS and all variables that start with TEMPORAL_TLS_.',
  untrusted: "Set TEMPORAL_TLS_SERVER_CA_CERT_PATH to a file with the certificate of the server's CA.",
  name: 'Use the host name of the certificate in TEMPORAL_ADDRESS, or set TEMPORAL_TLS_SERVER_NAME to that name.',
  expired: 'Renew the certificate, or correct the clock of this machine.',
  revoked: 'Renew the certificate.',
  client:
    'Set TEMPORAL_TLS_CLIENT_CERT_PATH and TEMPORAL_TLS_CLIENT_KEY_PATH to a certificate that the server accepts.',
  protocol:
    'Enable TLS 1.2 or newer on the server. If the server does not use TLS, unset TEMPORAL_TLS, TEMPORAL_API_KEY and all variables that start with TEMPORAL_TLS_.',
};

const TEMPORAL = 'temporal.example.com:7233';

/** Messages about the Temporal server of a worker. */
export const TEMPORAL_MESSAGES = {
  searchAttributesMissing: failure('ConfigurationInvalid', {
    examples: [{ namespace: 'default', names: NAMES }],
    says: ({ namespace, names }) =>
      `Namespace ${namespace} lacks the search attributes ${names.join(', ')}, and the worker has no permission to register them.`,
    next: ({ namespace, names }) => [
      {
        advice: "Ask an administrator with access to Temporal's operator API to register them once",
        command: searchAttributesCommand(namespace, names),
      },
    ],
  }),
  searchAttributesFull: failure('ConfigurationInvalid', {
    examples: [
      { namespace: 'default', names: NAMES, used: 10 },
      { namespace: 'default', names: ['RunPhase'], used: 10 },
    ],
    says: ({ namespace, names, used }) =>
      `Namespace ${namespace} has no room for the search attributes ${names.join(', ')} of type Keyword: it already has ${used}, ` +
      "which is Temporal's limit.",
    next: ({ namespace }) => [
      {
        advice:
          'Use a separate namespace for actito-sync (TEMPORAL_NAMESPACE), or remove an unused attribute. List them',
        command: `temporal operator search-attribute list --namespace ${namespace}`,
      },
    ],
  }),
  searchAttributesOfOtherType: failure<{ namespace: string; attributes: { name: string; type: string }[] }>(
    'ConfigurationInvalid',
    {
      examples: [
        { namespace: 'default', attributes: [{ name: 'Activation', type: 'Text' }] },
        {
          namespace: 'default',
          attributes: [
            { name: 'Activation', type: 'Text' },
            { name: 'RunPhase', type: 'Int' },
          ],
        },
      ],
      says: ({ namespace, attributes }) =>
        `Search attributes of actito-sync exist in namespace ${namespace} with the wrong type: ` +
        `${attributes.map(({ name, type }) => `${name} (${type})`).join(', ')}. Runs need the type ` +
        'Keyword, so no run can start.',
      next: ({ namespace, attributes }) => [
        {
          advice:
            'If other programs use them, use a separate namespace for actito-sync (TEMPORAL_NAMESPACE). Otherwise, remove them and ' +
            'restart the worker',
          command: `temporal operator search-attribute remove --namespace ${namespace} ${attributes.map(({ name }) => `--name ${name}`).join(' ')}`,
        },
      ],
    },
  ),
  searchAttributesOutOfReach: failure('ConfigurationInvalid', {
    examples: [
      { namespace: 'shop.a1b2c', names: NAMES },
      { namespace: 'shop.a1b2c', names: ['RunPhase'] },
    ],
    says: ({ namespace, names }) =>
      `Namespace ${namespace} lacks the search attributes ${names.join(', ')} of type Keyword, or has them with another type. The ` +
      "server denies the worker access to Temporal's operator API, so the worker cannot check or register them.",
    next: ({ namespace, names }) =>
      advise(
        `Ask an administrator to add ${names.join(', ')} with type Keyword to namespace ${namespace}: in Temporal Cloud on the page of ` +
          'the namespace, otherwise with `temporal operator search-attribute create`.',
      ),
  }),
  temporalTlsRefused: failure<{ address: string; fault: TemporalFault; code: string }>(
    'ConfigurationInvalid',
    {
      examples: [
        { address: TEMPORAL, fault: 'untrusted', code: 'SELF_SIGNED_CERT_IN_CHAIN' },
        { address: TEMPORAL, fault: 'name', code: 'ERR_TLS_CERT_ALTNAME_INVALID' },
        { address: TEMPORAL, fault: 'expired', code: 'CERT_HAS_EXPIRED' },
        { address: TEMPORAL, fault: 'revoked', code: 'CERT_REVOKED' },
        { address: TEMPORAL, fault: 'client', code: 'ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED' },
        { address: TEMPORAL, fault: 'protocol', code: 'ERR_SSL_WRONG_VERSION_NUMBER' },
      ],
      says: ({ address, fault, code }) =>
        `The TLS connection to the Temporal server at ${address} failed: ${TLS_FAULTS[fault]} (${code}).`,
      next: ({ fault }) => advise(TLS_ADVICE[fault]),
    },
  ),
  temporalWantsTls: failure<{ address: string }>('ConfigurationInvalid', {
    examples: [{ address: TEMPORAL }],
    says: ({ address }) => `The Temporal server at ${address} requires TLS, but TLS is not configured.`,
    next: () =>
      advise(
        'Set TEMPORAL_TLS=true. If the server uses a private CA, also set TEMPORAL_TLS_SERVER_CA_CERT_PATH. If it requires a ' +
          'client certificate, also set TEMPORAL_TLS_CLIENT_CERT_PATH and TEMPORAL_TLS_CLIENT_KEY_PATH.',
      ),
  }),
  namespaceMissing: failure('ConfigurationInvalid', {
    examples: [{ namespace: 'shop' }],
    says: ({ namespace }) => `The namespace ${namespace} does not exist in Temporal.`,
    next: ({ namespace }) => [
      {
        advice: 'Set TEMPORAL_NAMESPACE to an existing namespace, or create it',
        command: `temporal operator namespace create --namespace ${namespace} --retention 30d`,
      },
    ],
  }),
};
