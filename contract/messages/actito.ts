import { ETL_EXAMPLE, etlRequirements, type EtlFacts } from './lists.ts';
import { advise, always, failure } from './message.ts';

/** An answer of Actito's API that is not 2xx. */
export interface ActitoAnswer {
  status: number;
  /** Method and route, without ids or values. */
  call: string;
}

/** D: where people find ETLs. They are defined by Actito's team or with an API client, never in the interface. */
export const WHERE_ETLS_ARE =
  'ETLs are defined by Actito or with an API client (developers.actito.com, "Setting up an ETL"); Actito\'s app ' +
  '"Manage imports" shows those there are';

/** What is said of Actito's API. */
export const ACTITO_MESSAGES = {
  apiKeyRejected: failure<ActitoAnswer>('ActitoUnauthorized', {
    examples: [{ status: 401, call: 'GET profileTables' }],
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
  answerNotJson: failure('ActitoUnavailable', {
    examples: [{ call: 'GET profileTables' }],
    says: ({ call }) => `Actito's answer to ${call} is not JSON.`,
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

function answered({ status, call }: ActitoAnswer): string {
  return `Actito answered ${status} to ${call}.`;
}
