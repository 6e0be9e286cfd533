import { zipSync } from 'fflate';
import type { Kind, Kinds } from './kinds.ts';
import { ALL, KEYS, SECRET, VALUE } from './markers.ts';
import type { Call, Reply } from './odd-actito.ts';

const json = (status: number, body: unknown): Reply => ({ status, body: JSON.stringify(body) });
const says = (status: number): Reply =>
  json(status, { code: 'QZ7VALUE', message: `Value ${VALUE} of attribute firstName is refused (${ALL})` });

const ZIP = { 'Content-Type': 'application/zip' };

const TOKEN = /^\/auth\/token/;
const TABLES = /\/profile-tables$/;
const TABLE = /\/profile-tables\/[^/]+$/;
const CHANGES = /\/change-requests$/;
const ETL = /\/etls\/[^/]+$/;
const START = /\/etl-executions$/;
const STATUS = /\/etl-executions\/[^/]+$/;
const RESULT = /\/etl-executions\/[^/]+\/result$/;
const RESULT_FILE = /\/etl-executions\/[^/]+\/result-file$/;
const LISTS = /\/external-target-lists$/;
const LIST = /\/external-target-lists\/[^/]+$/;

/** Answers to one route; all others are the simulator's. */
const at =
  (route: RegExp, reply: Reply | ((call: Call) => Reply | undefined), method?: string) => (call: Call) =>
    route.test(call.path) && (method === undefined || call.method === method)
      ? typeof reply === 'function'
        ? reply(call)
        : reply
      : undefined;

const refused = (route: RegExp, status: number, expect = 'ActitoRefused', method?: string): Kind => ({
  expect,
  actito: at(route, says(status), method),
});

/** An import that ended with this status, and the content of its file of rows in error. */
const ended = (status: object, file = '', expect: Kind['expect'] = 'ImportFailed'): Kind => ({
  expect,
  actito: ({ path }) => {
    if (STATUS.test(path)) return json(200, status);
    if (RESULT.test(path)) return json(200, { withErrors: true, rowsInError: 1 });
    return RESULT_FILE.test(path)
      ? { status: 200, body: zipSync({ 'errors.csv': Buffer.from(file) }), headers: ZIP }
      : undefined;
  },
});

let looks = 0;
/** A list that has just retrieved a file, and could not read it. */
const unreadable = (): Reply =>
  json(200, {
    id: '1',
    name: 'unreadable',
    lastRetrievedFile: {
      name: 'a.csv',
      retrievedMoment: `${ALL} ${looks++}`,
      lines: 3,
      errorMessage: `Line 2: ${ALL}`,
    },
    expirationDate: ALL,
  });

/** The possible texts of Actito and of servers that answer instead. */
export function actitoKinds(baseUrl: string): Kinds {
  const secret = (variable: string, value: string): Kind => ({
    expect: /^(ActitoUnavailable|ConfigurationInvalid)$/,
    destination: { apiKey: { env: variable } },
    env: { [variable]: value },
  });
  return {
    'import-refused': refused(START, 400, 'ActitoRefused', 'POST'),
    'import-too-many': refused(START, 429, 'ActitoUnavailable', 'POST'),
    'import-fails': refused(START, 500, 'ActitoUnavailable', 'POST'),
    'import-forbidden': refused(START, 403, 'ActitoUnauthorized', 'POST'),
    'import-conflicts': refused(START, 409, 'ActitoRefused', 'POST'),
    'import-id-odd': { expect: 'ActitoRefused', actito: at(START, json(201, { id: ALL }), 'POST') },
    'import-located': {
      expect: 'ActitoRefused',
      actito: at(START, { status: 201, headers: { Location: `/${encodeURIComponent(ALL)}` } }, 'POST'),
    },
    'etl-missing': {
      ...refused(ETL, 404, 'ConfigurationInvalid'),
      activation: { importMode: { etl: 12 } },
    },
    'etl-creates': {
      expect: 'ConfigurationInvalid',
      actito: at(ETL, json(200, { [ALL]: 'CREATE_UPDATE', name: ALL, columns: { [KEYS[0]!]: VALUE } })),
      activation: { importMode: { etl: 12 } },
    },
    'etl-undescribed': {
      // The note about its mode names fields; then it is missing when it is used.
      expect: 'ConfigurationInvalid',
      actito: (call) =>
        at(ETL, json(200, { [ALL]: ALL, columns: { [KEYS[0]!]: VALUE, [VALUE]: 1 } }))(call) ??
        at(/trigger-execution$/, says(404))(call),
      activation: { importMode: { etl: 12 } },
    },
    'import-status-missing': ended({ [ALL]: ALL, state: VALUE, [KEYS[0]!]: 1 }, '', 'ActitoRefused'),
    'import-failed': ended({ id: '1', status: 'FAILED', message: `Value ${VALUE} is refused; ${ALL}` }),
    'import-status-odd': ended({ id: '1', status: ALL }, '', 'ImportPending'),
    'import-status-unknown': ended({ id: '1', status: 'PAUSED', message: ALL }, '', 'ImportPending'),
    'import-rows-in-error': {
      ...ended({ id: '1', status: 'WITH_ERROR' }, `emailAddress;code\n${KEYS[0]};QZ7VALUE\n`, ''),
      expect: 'succeeded with rejects',
    },
    'import-rows-said': {
      ...ended(
        { id: '1', status: 'WITH_ERROR' },
        `emailAddress;code\n${KEYS[0]};Value ${VALUE} is refused\n`,
        '',
      ),
      expect: 'succeeded with rejects',
    },
    'import-rows-garbage': ended({ id: '1', status: 'WITH_ERROR' }, `emailAddress;code\n"${ALL}`, /./),
    'import-rows-refused': {
      expect: /./,
      actito: ({ path }) =>
        STATUS.test(path)
          ? json(200, { id: '1', status: 'WITH_ERROR' })
          : RESULT.test(path)
            ? says(404)
            : undefined,
    },
    'token-refused': refused(TOKEN, 401, 'ActitoUnauthorized'),
    'token-odd': { expect: 'ActitoRefused', actito: at(TOKEN, json(200, { token: ALL })) },
    'token-with-newline': {
      expect: 'ActitoRefused',
      actito: at(TOKEN, json(200, { accessToken: `${SECRET}\nb` })),
    },
    'tables-missing': refused(TABLES, 404),
    'tables-fail': refused(TABLES, 503, 'ActitoUnavailable'),
    'tables-no-json': {
      expect: 'ActitoUnavailable',
      actito: at(TABLES, { status: 200, body: `<p>${ALL}</p>` }),
    },
    'tables-of-another-shape': {
      expect: 'ActitoRefused',
      actito: at(TABLES, json(200, { profileTables: [{ [ALL]: ALL, id: { [VALUE]: 1 } }] })),
    },
    'tables-elsewhere': {
      expect: 'ActitoUnavailable',
      actito: at(TABLES, { status: 302, headers: { Location: `https://${SECRET}.example.com/${KEYS[0]}` } }),
    },
    'tables-cut': {
      expect: 'ActitoUnavailable',
      actito: at(TABLES, { status: 200, body: `[{"name":"${VALUE}`, cut: true }),
    },
    'table-cut-in-error': {
      expect: 'ActitoUnavailable',
      actito: at(TABLE, { status: 500, body: ALL, cut: true }),
    },
    'attribute-refused': {
      ...refused(CHANGES, 400),
      activation: { attributes: [{ column: 'first_name', attribute: 'qzNew', create: { type: 'STRING' } }] },
    },
    'lists-missing': refused(LISTS, 404, 'ActitoRefused', 'GET'),
    'list-refused': refused(LISTS, 400, 'ActitoRefused', 'POST'),
    'list-unreadable': {
      expect: 'DeliveryRefused',
      actito: at(LIST, () => unreadable(), 'GET'),
    },
    'list-gone': refused(LIST, 404, 'succeeded', 'GET'),
    'key-with-newline': secret('NEWLINE_KEY', `${SECRET}\nb`),
    'key-with-escape': secret('ESCAPE_KEY', `${SECRET}\x1b[31m`),
    'key-not-latin': secret('EMOJI_KEY', `${SECRET}💥`),
    'url-with-user': {
      expect: /^(ActitoUnavailable|ConfigurationInvalid)$/,
      destination: { baseUrl: { env: 'USER_URL' } },
      env: { USER_URL: baseUrl.replace('http://', `http://${SECRET}:${SECRET}@`) },
    },
    'url-without-host': {
      expect: /^(ActitoUnavailable|ConfigurationInvalid)$/,
      destination: { baseUrl: { env: 'HOSTLESS_URL' } },
      env: { HOSTLESS_URL: `http://${SECRET}:${SECRET}` },
    },
    'url-nobody-listens': {
      expect: /^(ActitoUnavailable|ConfigurationInvalid)$/,
      destination: { baseUrl: { env: 'SILENT_API' } },
      env: { SILENT_API: 'http://127.0.0.1:1' },
    },
  };
}
