import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { MARKS } from '../contract/inspect.ts';
import type { ContractSettings, IMPORT_STATES, Route } from '../activation/definition/contract.ts';

/*
 * This file contains everything that the connector assumes about Actito's API, and no other file does. Marks: D
 * documented by Actito, C seen in public client code, A assumed (never checked with a live license). The same
 * information for people: docs/actito-contract.md. Unknown fields are always allowed.
 */

/** D: hosts by environment. */
export const HOSTS = {
  'ENV-0': 'https://api.actito.com',
  'ENV-1': 'https://api1.actito.com',
  'ENV-3': 'https://api3.actito.com',
  PREPROD: 'https://api-pre1.actito.com',
} as const;

const STRUCTURE = '/profile-table-structure/v5/entities/{entity}/profile-tables';
const EXECUTIONS = '/mass-imports/v5/entities/{entity}/etl-executions';
const LISTS = '/external-target-lists/v5/entities/{entity}/profile-tables/{table}/external-target-lists';

/** Path templates; {@link path} fills in `{…}`. A destination's `contract.paths` can override them. */
export const ROUTES = {
  token: '/auth/token', // D
  entities: '/entities/v5/entities', // D, the connection test
  profileTables: STRUCTURE, // D
  profileTable: `${STRUCTURE}/{table}`, // D
  changeRequests: `${STRUCTURE}/{table}/change-requests`, // A
  executions: EXECUTIONS, // D
  etl: '/mass-imports/v5/entities/{entity}/etls/{etl}', // D
  etlExecutions: '/mass-imports/v5/entities/{entity}/etls/{etl}/trigger-execution', // D
  executionsByFile: `${EXECUTIONS}?dataFile={file}`, // A
  execution: `${EXECUTIONS}/{execution}`, // D
  executionResult: `${EXECUTIONS}/{execution}/result`, // C for V4
  executionResultFile: `${EXECUTIONS}/{execution}/result-file`, // C for V4
  locations: '/file-transfers/v5/entities/{entity}/file-transfer-locations', // A
  synchronizations: '/file-transfers/v5/entities/{entity}/file-synchronizations', // A
  lists: LISTS, // A
  list: `${LISTS}/{list}`, // A
} as const satisfies Record<Route, string>;

/** What is known about the path of each route; C: for V4. */
export const ROUTE_MARKS: Readonly<Record<Route, (typeof MARKS)[number]>> = {
  token: 'D',
  entities: 'D',
  profileTables: 'D',
  profileTable: 'D',
  changeRequests: 'A',
  executions: 'D',
  etl: 'D',
  etlExecutions: 'D',
  executionsByFile: 'A',
  execution: 'D',
  executionResult: 'C',
  executionResultFile: 'C',
  locations: 'A',
  synchronizations: 'A',
  lists: 'A',
  list: 'A',
};

/** True if the path of this route is not publicly documented. A 404 may mean that this license has another path, or none. */
export function isAssumed(route: Route): boolean {
  return ROUTE_MARKS[route] !== 'D';
}

/** Path templates that differ from {@link ROUTES}. */
export type Paths = NonNullable<ContractSettings['paths']>;

/** Fills in a path template; parts are percent-encoded. */
export function path(route: Route, parts: Record<string, string> = {}, paths: Paths = {}): string {
  const template = paths[route] ?? ROUTES[route];
  return template.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(parts[name]!));
}

/** Ids are shown in failures and stored in the state, so a text that could be about a person is no valid id. */
const id = z.coerce.string().regex(/^[\w.:-]{1,64}$/);

/** A time as Actito writes it, which is shown. Any other text is only compared, so its digest is enough. */
const moment = z
  .string()
  .transform((text) =>
    /^[\d.:TZ+ -]{8,40}$/.test(text) ? text : createHash('sha256').update(text).digest('hex').slice(0, 16),
  );

/** D: the token is valid for 15 minutes (`900s`). A token with other characters could not be sent in a header. */
export const tokenBody = z.looseObject({
  accessToken: z.string().regex(/^[\x21-\x7e]+$/),
  expiresIn: z.string().optional(),
});

/** D: the entities that the API key can see. */
export const entitiesBody = z.looseObject({
  entities: z.array(z.looseObject({ name: z.string() })),
});

/** D */
export const profileTableBody = z.looseObject({
  id,
  name: z.string(),
  attributes: z.array(
    z.looseObject({
      type: z.string(),
      name: z.string(),
      unique: z.boolean().default(false),
      mandatory: z.boolean().default(false),
      valueType: z.string().optional(),
      multiValued: z.boolean().optional(),
      valueRestriction: z
        .looseObject({ maxLength: z.number().nullish(), minLength: z.number().nullish() })
        .nullish(),
    }),
  ),
});
export type ProfileTable = z.infer<typeof profileTableBody>;

const summary = z.looseObject({ id, name: z.string() });
/** A: the name of the wrapping field; a bare array is accepted too. */
export const profileTablesBody = z.union([
  z.array(summary),
  z.looseObject({ profileTables: z.array(summary) }).transform((body) => body.profileTables),
]);

/** A */
export const createdBody = z.looseObject({ id });

/**
 * A: the whole body. D: the values SUCCESS and WITH_ERROR, under the name `executionStatus` in Actito's webhooks; so that
 * name comes first if an answer has both.
 */
export const STATUS_FIELDS = ['executionStatus', 'status'] as const;
export const executionBody = z.looseObject({ message: z.string().nullish().catch(undefined) });

/** A: executions by the name of their data file. `dataFile` is checked again, in case the filter is ignored. */
export const executionsBody = z.looseObject({
  etlExecutions: z.array(z.looseObject({ id, dataFile: z.string().nullish() })),
});

/** The meaning of a status. D: SUCCESS, WITH_ERROR; A: the others. Any other status counts as still running. */
export const STATUS_NAMES: Record<string, (typeof IMPORT_STATES)[number]> = {
  SUCCESS: 'success',
  WITH_ERROR: 'withErrors',
  FAILED: 'failed',
  PENDING: 'running',
  RUNNING: 'running',
};

/** C for V4 */
export const executionResultBody = z.looseObject({ withErrors: z.boolean(), rowsInError: z.number() });

/** A: columns of the CSV of rows in error, besides the key's own. */
export const RESULT_FILE = {
  separator: ';',
  codeColumn: 'code',
  // Either names the attribute for which a row was rejected.
  attributeColumn: 'attribute',
  messageColumn: 'message',
  unmatchedCode: 'PROFILE_NOT_FOUND',
} as const;

/** A: the definition of a one-shot import. D: UPDATE_ONLY never creates a profile (for V4). */
export function importDefinition(table: string, key: string, columns: string[]) {
  return {
    profileTableId: table,
    mode: 'UPDATE_ONLY',
    fileFormat: { separator: FILE.separator, encoding: 'UTF-8', header: true },
    key,
    columns,
  };
}

/** D: a file may be packed. A: the content types and file names for it. */
export const PACKED = {
  none: { suffix: '.csv', type: 'text/csv' },
  gzip: { suffix: '.csv.gz', type: 'application/gzip' },
  zip: { suffix: '.zip', type: 'application/zip' },
} as const;

/** D: CSV by RFC 4180 with a header, UTF-8, no BOM, any one-character separator; A: `;` for lists. */
export const FILE = { separator: ';', newline: '\n' } as const;

/** A: adding an attribute, by analogy with custom tables. D: the fields of a new attribute. */
export function addAttribute(name: string, valueType: string, maxLength: number | undefined) {
  const attribute = { type: 'CUSTOM', name, valueType, unique: false, mandatory: false, multiValued: false };
  return {
    changes: [
      {
        type: 'ADD_ATTRIBUTE',
        attribute: maxLength ? { ...attribute, valueRestriction: { maxLength } } : attribute,
      },
    ],
  };
}

/** A */
export const locationsBody = z.looseObject({
  fileTransferLocations: z.array(
    z.looseObject({
      id,
      name: z.string(),
      host: z.string().nullish(),
      directory: z.string().nullish(),
    }),
  ),
});

/** A */
export const synchronizationsBody = z.looseObject({
  fileSynchronizations: z.array(
    z.looseObject({
      id,
      name: z.string(),
      fileTransferLocationId: id,
      fileName: z.string(),
    }),
  ),
});

/** A */
export const listBody = z.looseObject({
  id,
  name: z.string(),
  description: z.string().nullish(),
  fileSynchronizationId: id.nullish(),
  identifierAttribute: z.string().nullish(),
  validityHours: z.number().nullish(),
  numberOfProfiles: z.number().nullish(),
  lastRetrievedFile: z
    .looseObject({
      name: z.string(),
      retrievedMoment: moment,
      lines: z.number().nullish(),
      errorMessage: z.string().nullish(),
    })
    .nullish(),
  expirationDate: moment.nullish(),
});
export type ExternalTargetList = z.infer<typeof listBody>;
/** A */
export const listsBody = z.looseObject({ externalTargetLists: z.array(listBody) });
