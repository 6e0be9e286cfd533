import { ETL_EXAMPLE, etlRequirements, type EtlFacts } from './lists.ts';
import { advise, always, failure } from './message.ts';

/** A response of Actito's API that is not 2xx. */
export interface ActitoAnswer {
  status: number;
  /** Method and route, without ids or values. */
  call: string;
  /** Its body is an HTML page. */
  page?: true;
}

/** D (documented): where to find ETLs. Actito's team or an API client defines them, never the user interface. */
export const WHERE_ETLS_ARE =
  'Actito or an API client defines ETLs (developers.actito.com, "Setting up an ETL"); the Actito app "Imports" (Apps > ' +
  'Data; in older licenses "Manage imports") shows the existing ones';

const PROXY_ADVICE =
  'Check HTTPS_PROXY in the environment of the worker; NO_PROXY lists hosts that do not use the proxy.';

/** Messages about Actito's API. */
export const ACTITO_MESSAGES = {
  apiKeyRejected: failure<ActitoAnswer>('ActitoUnauthorized', {
    examples: [
      { status: 401, call: 'GET profileTables' },
      { status: 401, call: 'GET profileTables', page: true },
    ],
    says: answered,
    next: () => advise('Check the API key: it is wrong, revoked or expired.'),
  }),
  apiKeyLacksRight: failure<ActitoAnswer>('ActitoUnauthorized', {
    examples: [{ status: 403, call: 'POST imports' }],
    says: (answer) => `${answered(answer)} The API key lacks the permission.`,
  }),
  actitoFindsNothing: failure<ActitoAnswer & { assumedRoute?: string }>('ActitoRefused', {
    examples: [
      { status: 404, call: 'GET profileTable' },
      { status: 404, call: 'GET lists', assumedRoute: 'lists' },
    ],
    says: answered,
    next: ({ assumedRoute }) =>
      advise(
        'Check the names of the entity and the profile table, and that the API key has access to them.',
        ...(assumedRoute === undefined
          ? []
          : [
              `The path of this route is an assumption. If your license uses another path, set contract.paths.${assumedRoute} ` +
                'in the destination (docs/actito-contract.md describes how to check).',
            ]),
      ),
  }),
  tooManyCalls: failure<ActitoAnswer>('ActitoUnavailable', {
    examples: [{ status: 429, call: 'POST imports' }],
    says: (answer) => `${answered(answer)} Too many calls at a time, or too many imports per day.`,
  }),
  actitoFailed: failure<ActitoAnswer>('ActitoUnavailable', {
    examples: [{ status: 503, call: 'GET profileTables' }],
    says: answered,
  }),
  requestRefused: failure<ActitoAnswer>('ActitoRefused', {
    examples: [{ status: 400, call: 'POST imports' }],
    says: (answer) => `${answered(answer)} The request is not valid, so it is not retried.`,
  }),
  actitoTimedOut: failure('ActitoUnavailable', {
    examples: [{ call: 'GET profileTables', seconds: 60 }],
    says: ({ call, seconds }) => `Actito did not respond to ${call} within ${seconds} s.`,
  }),
  actitoUnreachable: failure('ActitoUnavailable', {
    examples: [{ call: 'GET profileTables', error: 'ECONNREFUSED' }],
    says: ({ call, error }) => `Actito cannot be reached for ${call} (${error}).`,
  }),
  actitoStalled: failure('ActitoUnavailable', {
    examples: [{ call: 'GET executionResultFile', seconds: 60 }],
    says: ({ call, seconds }) => `${call} stalled: no data for ${seconds} s.`,
  }),
  actitoUntrusted: failure('ConfigurationInvalid', {
    examples: [{ call: 'GET token', error: 'SELF_SIGNED_CERT_IN_CHAIN' }],
    says: ({ call, error }) => `The worker does not trust the server certificate for ${call} (${error}).`,
    next: () =>
      advise(
        'Check the address of Actito. If a company proxy decrypts TLS, set NODE_EXTRA_CA_CERTS to the certificate of its CA.',
      ),
  }),
  actitoMoved: failure<ActitoAnswer>('ActitoRefused', {
    examples: [{ status: 301, call: 'GET token' }],
    says: redirects,
    next: () => advise('Set baseUrl of the destination to the new address of the API.'),
  }),
  actitoRedirects: failure<ActitoAnswer>('ActitoUnavailable', {
    examples: [{ status: 302, call: 'GET token' }],
    says: redirects,
    next: () =>
      advise('Check environment or baseUrl of the destination, and any gateway or proxy in between.'),
  }),
  proxyUnusable: failure<{ variable: string }>('ConfigurationInvalid', {
    examples: [{ variable: 'HTTPS_PROXY' }],
    says: ({ variable }) =>
      `The environment variable ${variable} of the worker is not a valid proxy address.`,
    next: () =>
      advise('Set it to an address such as http://proxy.example.com:3128 (http or https), or remove it.'),
  }),
  proxyUnreachable: failure('ActitoUnavailable', {
    examples: [{ proxy: 'proxy.example.com:3128', error: 'ECONNREFUSED' }],
    says: ({ proxy, error }) =>
      `The proxy ${proxy} cannot be reached (${error}), so no call was made to Actito.`,
    next: () => advise(PROXY_ADVICE),
  }),
  proxyRefuses: failure<{ proxy: string; status: number }>('ConfigurationInvalid', {
    examples: [
      { proxy: 'proxy.example.com:3128', status: 407 },
      { proxy: 'proxy.example.com:3128', status: 403 },
    ],
    says: ({ proxy, status }) =>
      `The proxy ${proxy} ` +
      (status === 407
        ? 'rejected the credentials in HTTPS_PROXY, or there are none (407).'
        : `blocks calls to Actito (${status}).`),
    next: ({ status }) =>
      advise(
        status === 407
          ? 'Set HTTPS_PROXY to http://user:password@host:port, with special characters percent-encoded.'
          : PROXY_ADVICE,
      ),
  }),
  proxyFailed: failure<{ proxy: string; status: number }>('ActitoUnavailable', {
    examples: [{ proxy: 'proxy.example.com:3128', status: 502 }],
    says: ({ proxy, status }) => `The proxy ${proxy} could not connect to Actito (${status}).`,
  }),
  answerNotJson: failure<{
    call: string;
    /** Its content type. */ type?: string;
    /** It is incomplete JSON. */ cut?: true;
  }>('ActitoUnavailable', {
    examples: [
      { call: 'GET profileTables' },
      { call: 'GET profileTables', type: 'text/plain' },
      { call: 'GET profileTables', type: 'application/json', cut: true },
    ],
    says: ({ call, type, cut }) =>
      `Actito's response to ${call} ` +
      (cut ? 'is incomplete JSON.' : `is not JSON${type === undefined ? '' : ` (content type ${type})`}.`),
  }),
  answerIsPage: failure('ActitoUnavailable', {
    examples: [{ call: 'GET profileTables' }],
    says: ({ call }) =>
      `The response to ${call} is an HTML page from a gateway, proxy or maintenance page, not from Actito's API.`,
    next: () => advise('If this persists, check environment or baseUrl of the destination.'),
  }),
  answerTooLarge: failure<{ call: string; megabytes: number }>('ActitoRefused', {
    examples: [{ call: 'GET lists', megabytes: 32 }],
    says: ({ call, megabytes }) => `The response to ${call} exceeds the limit of ${megabytes} MB.`,
  }),
  answerDamaged: failure('ActitoUnavailable', {
    examples: [{ call: 'GET lists', error: 'Z_DATA_ERROR' }],
    says: ({ call, error }) => `The response to ${call} cannot be decompressed (${error}).`,
  }),
  answerNotAsAssumed: failure<{
    call: string;
    /** Where it differs; '' is the body as a whole. */ fields: string[];
    /** The names of the fields that it has. */ seen?: string[];
  }>('ActitoRefused', {
    examples: [
      { call: 'GET profileTables', fields: ['0.name'], seen: ['[].id', '[].label'] },
      { call: 'GET profileTables', fields: [''], seen: [] },
    ],
    says: ({ call, fields, seen = [] }) =>
      `Actito's response to ${call} has an unexpected structure at ${fields.map((field) => field || 'the body').join(', ')}.` +
      fieldsSeen(seen),
    next: () => advise('See docs/actito-contract.md.'),
  }),
  executionWithoutStatus: failure<{ /** The names that are read. */ wanted: string[]; seen: string[] }>(
    'ActitoRefused',
    {
      examples: [
        { wanted: ['executionStatus', 'status'], seen: ['id', 'state'] },
        { wanted: ['status'], seen: [] },
      ],
      says: ({ wanted, seen }) =>
        `Actito's response to GET execution has no text in the field ${wanted.join(' or ')}, so the status of the import is ` +
        `unknown.${fieldsSeen(seen)}`,
      next: () =>
        advise(
          'Check contract.statusField and contract.paths.execution of the destination (docs/actito-contract.md).',
        ),
    },
  ),
  answerEmpty: failure('ActitoRefused', {
    examples: [{ call: 'GET executionResultFile' }],
    says: ({ call }) => `Actito's response to ${call} has no body.`,
  }),
  answerWithoutToken: failure(
    'ActitoRefused',
    always("Actito's response to GET token has no accessToken, or one that cannot be sent in a header."),
  ),
  rowsInErrorUnreadable: failure('ActitoRefused', {
    examples: [{ code: 'CSV_QUOTE_NOT_CLOSED' }],
    says: ({ code }) => `Actito's file with the rows in error cannot be read (${code}).`,
  }),
  etlUnknown: failure<EtlFacts & { activation: string; status: number; call: string }>(
    'ConfigurationInvalid',
    {
      examples: [
        { ...ETL_EXAMPLE, activation: 'vip-customers', status: 404, call: 'POST etlExecutions' },
        { ...ETL_EXAMPLE, activation: 'vip-customers', status: 404, call: 'GET etl' },
      ],
      says: ({ etl, activation, status, call }) =>
        `The ETL ${etl} in importMode of activation ${activation} does not exist in Actito (${status} to ${call}).`,
      next: (facts) =>
        advise(
          `${WHERE_ETLS_ARE}.`,
          etlRequirements(facts),
          'Set the id of the right one in importMode: { etl: … }.',
          ...(facts.call === 'GET etl'
            ? ['If it exists, your license may use another path to read an ETL: set contract.paths.etl.']
            : []),
        ),
    },
  ),
};

/** The names of fields that an answer has. */
export function fieldsSeen(seen: readonly string[]): string {
  return seen.length === 0 ? ' It has no fields.' : ` It has the fields ${seen.join(', ')}.`;
}

function answered({ status, call, page }: ActitoAnswer): string {
  const by = page ? ' The response is an HTML page, so it may come from a gateway, firewall or proxy.' : '';
  return `Actito answered ${status} to ${call}.${by}`;
}

function redirects({ status, call }: ActitoAnswer): string {
  return `${call} is redirected (${status}). Redirects are not followed, because they would send the API key to another address.`;
}
