import { z } from 'zod';
import { choice } from '../../contract/fields.ts';
import { expected } from '../../contract/messages/expected.ts';
import { DEFAULT_DIGITS, DEFAULT_LENGTH_UNIT } from '../values/convert.ts';
import { FORMATS } from '../values/formats.ts';
import { LENGTH_UNITS } from '../values/text.ts';

/*
 * What a destination may say about its own Actito where it differs from what we assume. The defaults, and what each
 * route is for, stand in actito/contract.ts; the page for people is docs/actito-contract.md.
 */

/** The routes that can be given another path, with the placeholders that their paths are filled from. */
export const ROUTE_PLACEHOLDERS = {
  token: [],
  entities: [],
  profileTables: ['entity'],
  profileTable: ['entity', 'table'],
  changeRequests: ['entity', 'table'],
  executions: ['entity'],
  etlExecutions: ['entity', 'etl'],
  executionsByFile: ['entity', 'file'],
  execution: ['entity', 'execution'],
  executionResult: ['entity', 'execution'],
  executionResultFile: ['entity', 'execution'],
  locations: ['entity'],
  synchronizations: ['entity'],
  lists: ['entity', 'table'],
  list: ['entity', 'table', 'list'],
} as const satisfies Record<string, readonly string[]>;

export type Route = keyof typeof ROUTE_PLACEHOLDERS;
export const ROUTE_NAMES = Object.keys(ROUTE_PLACEHOLDERS) as Route[];

/** A path must begin at the host, and name exactly the placeholders that its route has. */
function template(route: Route) {
  const placeholders: readonly string[] = ROUTE_PLACEHOLDERS[route];
  const form = expected('routePath', { placeholders });
  return z
    .string(form)
    .startsWith('/', form)
    .refine((path) => {
      const found = [...path.matchAll(/\{(\w*)\}/g)].map((match) => match[1]!);
      return found.length === placeholders.length && placeholders.every((name) => found.includes(name));
    }, form)
    .optional()
    .describe(`Path of this route: ${form}.`);
}

const pathsSchema = z.strictObject(
  Object.fromEntries(ROUTE_NAMES.map((route) => [route, template(route)])) as Record<
    Route,
    ReturnType<typeof template>
  >,
);

const partName = z.string(expected('partName')).regex(/^[\w.-]{1,60}$/, expected('partNameCharacters'));

/** What an import's status means to us. Whatever a licence says besides: still running. */
export const IMPORT_STATES = ['running', 'success', 'withErrors', 'failed'] as const;

/** `contract` of a destination: every setting is optional. */
export const contractSchema = z.strictObject({
  paths: pathsSchema.optional().describe('Path templates by route.'),
  emptyValue: choice('clears', 'ignored')
    .default('clears')
    .describe(
      'What an empty field of an import does to the attribute: it clears the value (default), or is ignored.',
    ),
  listIdentifiers: choice('uniqueAttribute', 'profileId')
    .default('uniqueAttribute')
    .describe("What a list's file may hold: any uniqueAttribute (default), or nothing but profileId."),
  executionListing: choice('none', 'byFileName')
    .default('none')
    .describe('Whether an import whose answer was lost can be found again: none (default), byFileName.'),
  rowResults: choice('resultFile', 'none')
    .default('resultFile')
    .describe('Whether the rows in error of an import can be read: from a resultFile (default), none.'),
  listConfirmation: choice('none', 'status', 'fileDisappears')
    .optional()
    .describe(
      'How it shows that a list was retrieved. Default: status with list.provision api, none with existing.',
    ),
  etlColumns: choice('subset', 'all')
    .default('subset')
    .describe(
      'Whether a pre-defined ETL takes a file with a subset of its columns (default), or wants them all.',
    ),
  importParts: z
    .strictObject({
      file: partName.default('file').describe('The part with the data file.'),
      definition: partName
        .default('definition')
        .describe('The part with the JSON definition of a one-shot import.'),
    })
    .prefault({})
    .describe("Names of the parts of an import's multipart call. V4 had inputFile and parameters."),
  compression: choice('gzip', 'zip', 'none')
    .default('gzip')
    .describe('How large import files are packed: gzip (default), zip, none.'),
  formats: z
    .record(z.string(), z.enum(FORMATS, { error: expected('oneOf', { values: FORMATS }) }))
    .default({})
    .describe(
      'What attributes hold whose type does not say it, by technical name, e.g. { mobile2: phone }. gsmNumber is a phone ' +
        'number unless it stands here otherwise.',
    ),
  lengthUnit: z
    .enum(LENGTH_UNITS, { error: expected('oneOf', { values: LENGTH_UNITS }) })
    .default(DEFAULT_LENGTH_UNIT)
    .describe(
      'In what Actito counts the length of a text: utf16Units (default; most emoji are two), codePoints or utf8Bytes.',
    ),
  numberDigits: z
    .int()
    .min(1)
    .max(400)
    .default(DEFAULT_DIGITS)
    .describe('The most digits of a number before its decimal point, and after it. Default: 100.'),
  statusNames: z
    .record(z.string(), z.enum(IMPORT_STATES, { error: expected('oneOf', { values: IMPORT_STATES }) }))
    .default({})
    .describe('Further names of import statuses, e.g. { ABORTED: failed }.'),
});

export type ContractSettings = z.infer<typeof contractSchema>;
