import { ETL_EXAMPLE, etlRequirements, type EtlFacts } from './lists.ts';
import { advise, always, failure } from './message.ts';

/** An answer of Actito's API that is not 2xx. */
export interface ActitoAnswer {
  status: number;
  /** Method and route, without ids or values. */
  call: string;
  /** Its body is a page of HTML. */
  page?: true;
}

/** D: where people find ETLs. They are defined by Actito's team or with an API client, never in the interface. */
export const WHERE_ETLS_ARE =
  'ETLs are defined by Actito or with an API client (developers.actito.com, "Setting up an ETL"); Actito\'s app ' +
  '"Manage imports" shows those there are';

const PROXY_ADVICE =
  'HTTPS_PROXY names it in the environment of the worker; NO_PROXY lists hosts that need none.';

/** What is said of Actito's API. */
export const ACTITO_MESSAGES = {
  apiKeyRejected: failure<ActitoAnswer>('ActitoUnauthorized', {
    examples: [
      { status: 401, call: 'GET profileTables' },
      { status: 401, call: 'GET profileTables', page: true },
    ],
    says: answered,
    next: () => advise('Check the API key: it may be wrong, revoked or expired.'),
  }),
  apiKeyLacksRight: failure<ActitoAnswer>('ActitoUnauthorized', {
    examples: [{ status: 403, call: 'POST imports' }],
    says: (answer) => `${answered(answer)} The API key lacks the right to do this.`,
  }),
  actitoFindsNothing: failure<ActitoAnswer & { assumedRoute?: string }>('ActitoRefused', {
    examples: [
      { status: 404, call: 'GET profileTable' },
      { status: 404, call: 'GET lists', assumedRoute: 'lists' },
    ],
    says: answered,
    next: ({ assumedRoute }) =>
      advise(
        'Check the names of entity and profile table, and that the API key may see them.',
        ...(assumedRoute === undefined
          ? []
          : [
              `The path of this route is assumed: if your licence has it elsewhere, set contract.paths.${assumedRoute} ` +
                'in the destination (docs/actito-contract.md says how to check).',
            ]),
      ),
  }),
  tooManyCalls: failure<ActitoAnswer>('ActitoUnavailable', {
    examples: [{ status: 429, call: 'POST imports' }],
    says: (answer) => `${answered(answer)} Too many calls at one time, or too many imports in a day.`,
  }),
  actitoFailed: failure<ActitoAnswer>('ActitoUnavailable', {
    examples: [{ status: 503, call: 'GET profileTables' }],
    says: answered,
  }),
  requestRefused: failure<ActitoAnswer>('ActitoRefused', {
    examples: [{ status: 400, call: 'POST imports' }],
    says: (answer) => `${answered(answer)} The request has to change; it is not tried again as it is.`,
  }),
  actitoTimedOut: failure('ActitoUnavailable', {
    examples: [{ call: 'GET profileTables', seconds: 60 }],
    says: ({ call, seconds }) => `Actito did not answer ${call} within ${seconds} s.`,
  }),
  actitoUnreachable: failure('ActitoUnavailable', {
    examples: [{ call: 'GET profileTables', error: 'ECONNREFUSED' }],
    says: ({ call, error }) => `${call} did not reach Actito (${error}).`,
  }),
  actitoStalled: failure('ActitoUnavailable', {
    examples: [{ call: 'GET executionResultFile', seconds: 60 }],
    says: ({ call, seconds }) => `${call} came to a halt: no byte passed for ${seconds} s.`,
  }),
  actitoUntrusted: failure('ConfigurationInvalid', {
    examples: [{ call: 'GET token', error: 'SELF_SIGNED_CERT_IN_CHAIN' }],
    says: ({ call, error }) =>
      `The certificate of the server that answers ${call} is not trusted by this worker (${error}).`,
    next: () =>
      advise(
        'Check the address of Actito. If a proxy of your company decrypts TLS, give its authority to the worker by ' +
          'NODE_EXTRA_CA_CERTS.',
      ),
  }),
  actitoMoved: failure<ActitoAnswer>('ActitoRefused', {
    examples: [{ status: 301, call: 'GET token' }],
    says: redirects,
    next: () => advise('Set baseUrl of the destination to the address of the API.'),
  }),
  actitoRedirects: failure<ActitoAnswer>('ActitoUnavailable', {
    examples: [{ status: 302, call: 'GET token' }],
    says: redirects,
    next: () =>
      advise(
        'Check environment or baseUrl of the destination, and what stands between: a gateway or a proxy.',
      ),
  }),
  proxyUnusable: failure<{ variable: string }>('ConfigurationInvalid', {
    examples: [{ variable: 'HTTPS_PROXY' }],
    says: ({ variable }) =>
      `The environment variable ${variable} of the worker is not the address of a proxy.`,
    next: () => advise('Write it as http://proxy.example.com:3128 (http or https), or remove it.'),
  }),
  proxyUnreachable: failure('ActitoUnavailable', {
    examples: [{ proxy: 'proxy.example.com:3128', error: 'ECONNREFUSED' }],
    says: ({ proxy, error }) => `The proxy ${proxy} cannot be reached (${error}); Actito was not asked.`,
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
        ? 'does not accept the credentials that HTTPS_PROXY gives, or it got none (407).'
        : `does not let calls to Actito pass (${status}).`),
    next: ({ status }) =>
      advise(
        status === 407
          ? 'Write them into the variable: http://user:password@host:port, with special characters percent-encoded.'
          : PROXY_ADVICE,
      ),
  }),
  proxyFailed: failure<{ proxy: string; status: number }>('ActitoUnavailable', {
    examples: [{ proxy: 'proxy.example.com:3128', status: 502 }],
    says: ({ proxy, status }) => `The proxy ${proxy} could not connect to Actito (${status}).`,
  }),
  answerNotJson: failure<{
    call: string;
    /** The content type that it claims. */ type?: string;
    /** It begins as JSON and breaks off. */ cut?: true;
  }>('ActitoUnavailable', {
    examples: [
      { call: 'GET profileTables' },
      { call: 'GET profileTables', type: 'text/plain' },
      { call: 'GET profileTables', type: 'application/json', cut: true },
    ],
    says: ({ call, type, cut }) =>
      `Actito's answer to ${call} ` +
      (cut ? 'is JSON that breaks off.' : `is not JSON${type === undefined ? '' : ` (it says ${type})`}.`),
  }),
  answerIsPage: failure('ActitoUnavailable', {
    examples: [{ call: 'GET profileTables' }],
    says: ({ call }) =>
      `The answer to ${call} is a page of HTML: a gateway, a proxy or a maintenance page gave it, not Actito's API.`,
    next: () => advise('If it does not pass, check environment or baseUrl of the destination.'),
  }),
  answerTooLarge: failure<{ call: string; megabytes: number }>('ActitoRefused', {
    examples: [{ call: 'GET lists', megabytes: 32 }],
    says: ({ call, megabytes }) =>
      `The answer to ${call} has more than ${megabytes} MB, and was not read further.`,
  }),
  answerDamaged: failure('ActitoUnavailable', {
    examples: [{ call: 'GET lists', error: 'Z_DATA_ERROR' }],
    says: ({ call, error }) => `The answer to ${call} cannot be unpacked (${error}).`,
  }),
  answerNotAsAssumed: failure<{
    call: string;
    /** Where it differs; '': the body as a whole. */ fields: string[];
  }>('ActitoRefused', {
    examples: [
      { call: 'GET profileTables', fields: ['0.name'] },
      { call: 'GET profileTables', fields: [''] },
    ],
    says: ({ call, fields }) =>
      `Actito's answer to ${call} is not as assumed (${fields.map((field) => field || 'the body').join(', ')}).`,
    next: () => advise('See docs/actito-contract.md.'),
  }),
  answerEmpty: failure('ActitoRefused', {
    examples: [{ call: 'GET executionResultFile' }],
    says: ({ call }) => `Actito's answer to ${call} has no body.`,
  }),
  answerWithoutToken: failure('ActitoRefused', always("Actito's answer to GET token holds no accessToken.")),
  rowsInErrorUnreadable: failure('ActitoRefused', {
    examples: [{ code: 'CSV_QUOTE_NOT_CLOSED' }],
    says: ({ code }) => `Actito's file of rows in error cannot be read (${code}).`,
  }),
  etlUnknown: failure<EtlFacts & { activation: string; status: number; call: string }>(
    'ConfigurationInvalid',
    {
      examples: [{ ...ETL_EXAMPLE, activation: 'vip-customers', status: 404, call: 'POST etlExecutions' }],
      says: ({ etl, activation, status, call }) =>
        `Actito knows no ETL ${etl}, which importMode of ${activation} names (${status} to ${call}).`,
      next: (facts) =>
        advise(`${WHERE_ETLS_ARE}.`, etlRequirements(facts), 'Put its id into importMode: { etl: … }.'),
    },
  ),
};

function answered({ status, call, page }: ActitoAnswer): string {
  const by = page ? ' The answer is a page of HTML: a gateway, firewall or proxy may have given it.' : '';
  return `Actito answered ${status} to ${call}.${by}`;
}

function redirects({ status, call }: ActitoAnswer): string {
  return `${call} is redirected (${status}); that is not followed, since the key would go along.`;
}
