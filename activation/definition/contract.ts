import { z } from 'zod';
import { choice } from '../../contract/fields.ts';
import { expected } from '../../contract/messages/expected.ts';
import { DEFAULT_DIGITS, DEFAULT_LENGTH_UNIT } from '../values/convert.ts';
import { FORMATS } from '../values/formats.ts';
import { LENGTH_UNITS } from '../values/text.ts';

/*
 * Settings for a destination's Actito that differs from our assumptions. The defaults, and the purpose of each route,
 * are in actito/contract.ts; docs/actito-contract.md is for people.
 */

/** The routes whose path can be changed, with the placeholders of their paths. */
export const ROUTE_PLACEHOLDERS = {
  token: [],
  entities: [],
  profileTables: ['entity'],
  profileTable: ['entity', 'table'],
  changeRequests: ['entity', 'table'],
  executions: ['entity'],
  etl: ['entity', 'etl'],
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

/** A path must begin at the host, and have exactly the placeholders of its route. */
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

/** The meaning of an import's status. Any other status counts as still running. */
export const IMPORT_STATES = ['running', 'success', 'withErrors', 'failed'] as const;

/** `contract` of a destination: every setting is optional. */
export const contractSchema = z.strictObject({
  paths: pathsSchema.optional().describe('Paths of routes that differ, by the name of the route.'),
  emptyValue: choice('clears', 'ignored')
    .default('clears')
    .describe(
      'What an empty field of an import does to the attribute. clears: the value is cleared. ignored: the value stays.',
    ),
  listIdentifiers: choice('uniqueAttribute', 'profileId')
    .optional()
    .describe(
      "What a list's file may contain. profileId: only profile IDs; other identifiers are errors. uniqueAttribute: any unique attribute, because you have checked it. Default: any, with a warning unless it is profileId.",
    ),
  executionListing: choice('none', 'byFileName')
    .default('none')
    .describe('Whether an import can be found by the name of its file after its answer was lost.'),
  rowResults: choice('resultFile', 'none')
    .default('resultFile')
    .describe('Whether the rows in error of an import can be read from a result file.'),
  listConfirmation: choice('none', 'status', 'fileDisappears')
    .optional()
    .describe(
      'How Actito shows that it retrieved a list. status: the list shows the file. fileDisappears: the file is gone from the folder. Default: status with list.provision api, none with existing.',
    ),
  etlColumns: choice('subset', 'all')
    .default('subset')
    .describe('Whether an ETL accepts a file with a subset of its columns, or requires all of them.'),
  importParts: z
    .strictObject({
      file: partName
        .default('file')
        .describe('Name of the part with the data file.')
        .meta({ examples: ['inputFile'] }),
      definition: partName
        .default('definition')
        .describe('Name of the part with the JSON definition of a one-shot import.')
        .meta({ examples: ['parameters'] }),
      definitionFile: partName
        .default('definition.json')
        .describe('File name of the part with the JSON definition.')
        .meta({ examples: ['parameters.json'] }),
    })
    .prefault({})
    .describe("Names of the parts of an import's multipart call."),
  compression: choice('gzip', 'zip', 'none')
    .default('gzip')
    .describe('How import files of 1 MB or more are compressed.'),
  formats: z
    .record(z.string(), z.enum(FORMATS, { error: expected('oneOf', { values: FORMATS }) }))
    .default({})
    .describe(
      'Format of attributes whose type does not imply it, by technical name. gsmNumber is a phone number by default.',
    )
    .meta({ title: `map of attributes to ${FORMATS.join(', ')}`, examples: [{ mobile2: 'phone' }] }),
  lengthUnit: z
    .enum(LENGTH_UNITS, { error: expected('oneOf', { values: LENGTH_UNITS }) })
    .default(DEFAULT_LENGTH_UNIT)
    .describe(
      'Unit in which Actito counts the length of a text. Most emoji are two UTF-16 units and one code point.',
    ),
  numberDigits: z
    .int()
    .min(1)
    .max(400)
    .default(DEFAULT_DIGITS)
    .describe('Maximum number of digits before the decimal point, and after it.')
    .meta({ examples: [38] }),
  statusField: choice('status', 'executionStatus')
    .optional()
    .describe("Field with the status in Actito's answer about an import. Default: either of the two."),
  statusNames: z
    .record(z.string(), z.enum(IMPORT_STATES, { error: expected('oneOf', { values: IMPORT_STATES }) }))
    .default({})
    .describe('Meaning of further import statuses. An unknown status counts as running.')
    .meta({ title: `map of statuses to ${IMPORT_STATES.join(', ')}`, examples: [{ ABORTED: 'failed' }] }),
});

export type ContractSettings = z.infer<typeof contractSchema>;
