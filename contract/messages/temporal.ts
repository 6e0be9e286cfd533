import { searchAttributesCommand } from '../commands.ts';
import { TLS_FAULTS, type TlsFault } from './connections.ts';
import { advise, failure } from './message.ts';

const NAMES = ['Activation', 'RunPhase', 'RunOutcome'];

/** Only logins to a database are bound to a connection. */
type TemporalFault = Exclude<TlsFault, 'binding'>;

/** What to change, by the variables of Temporal's CLI. */
const TLS_ADVICE: Record<TemporalFault, string> = {
  none: 'Unset TEMPORAL_TLS and the variables that begin with TEMPORAL_TLS_, where the network is trusted.',
  untrusted:
    "Set TEMPORAL_TLS_SERVER_CA_CERT_PATH to a file with the certificate of the authority that signed the server's.",
  name: 'Write the host in TEMPORAL_ADDRESS as the certificate does, or set TEMPORAL_TLS_SERVER_NAME to the name in it.',
  expired: 'Have it renewed, or set the clock of this machine.',
  revoked: 'Have it renewed.',
  client:
    'Set TEMPORAL_TLS_CLIENT_CERT_PATH and TEMPORAL_TLS_CLIENT_KEY_PATH to a certificate that the server accepts.',
  protocol:
    'The server must offer TLS 1.2 or newer. For a server without TLS, unset TEMPORAL_TLS, TEMPORAL_API_KEY and the variables that begin with TEMPORAL_TLS_.',
};

const TEMPORAL = 'temporal.example.com:7233';

/** What is said of the Temporal server that a worker is to work with. */
export const TEMPORAL_MESSAGES = {
  searchAttributesMissing: failure('ConfigurationInvalid', {
    examples: [{ namespace: 'default', names: NAMES }],
    says: ({ namespace, names }) =>
      `Namespace ${namespace} lacks the search attributes ${names.join(', ')}, and the worker may not register them.`,
    next: ({ namespace, names }) => [
      {
        advice: "Let someone who may use Temporal's operator API register them once",
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
      `Namespace ${namespace} has no room for the search attributes ${names.join(', ')} of type Keyword: it has ${used} of this ` +
      'type, and Temporal allows no more.',
    next: ({ namespace }) => [
      {
        advice:
          'Give actito-sync a namespace of its own (TEMPORAL_NAMESPACE), or remove an attribute that nobody uses',
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
        `Namespace ${namespace} has search attributes of our names with other types: ` +
        `${attributes.map(({ name, type }) => `${name} (${type})`).join(', ')}. Runs need them as Keyword, and no run could ` +
        'take a step.',
      next: ({ namespace, attributes }) => [
        {
          advice:
            'If others use them, give actito-sync a namespace of its own (TEMPORAL_NAMESPACE); otherwise remove them and start the ' +
            'worker again',
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
      `Namespace ${namespace} lacks the search attributes ${names.join(', ')} of type Keyword, or has them with another type. Its ` +
      "server does not let the worker use Temporal's operator API, so the worker can neither say which nor register them.",
    next: ({ namespace, names }) =>
      advise(
        `Let an administrator add ${names.join(', ')} with the type Keyword to namespace ${namespace}: in Temporal Cloud on the page of ` +
          'the namespace, elsewhere with `temporal operator search-attribute create`.',
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
        `The Temporal server at ${address} cannot be connected to by TLS: ${TLS_FAULTS[fault]} (${code}).`,
      next: ({ fault }) => advise(TLS_ADVICE[fault]),
    },
  ),
  temporalWantsTls: failure<{ address: string }>('ConfigurationInvalid', {
    examples: [{ address: TEMPORAL }],
    says: ({ address }) => `The Temporal server at ${address} expects TLS, and no TLS is set.`,
    next: () =>
      advise(
        'Set TEMPORAL_TLS=true; TEMPORAL_TLS_SERVER_CA_CERT_PATH if its authority is not publicly known; and ' +
          'TEMPORAL_TLS_CLIENT_CERT_PATH with TEMPORAL_TLS_CLIENT_KEY_PATH if it asks for a certificate.',
      ),
  }),
  namespaceMissing: failure('ConfigurationInvalid', {
    examples: [{ namespace: 'shop' }],
    says: ({ namespace }) => `Temporal has no namespace ${namespace}.`,
    next: ({ namespace }) => [
      {
        advice: 'Set TEMPORAL_NAMESPACE to one that exists, or make it',
        command: `temporal operator namespace create --namespace ${namespace} --retention 30d`,
      },
    ],
  }),
};
