import { z } from 'zod';
import { activationSchema } from '../../activation/definition/activation.ts';
import { destinationSchema } from '../../activation/definition/destination.ts';
import { sourceSchema } from '../../activation/definition/source.ts';
import { settingsSchema } from '../settings.ts';

/** The schemas of a project folder's files for editors, by file name in schemas/. */
const SCHEMAS = {
  'project.schema.json': ['The settings of an actito-sync project', settingsSchema],
  'source.schema.json': ['A source of actito-sync', sourceSchema],
  'destination.schema.json': ['A destination of actito-sync', destinationSchema],
  // The key may come from the defaults of the destination, which are in another file.
  'activation.schema.json': ['An activation of actito-sync', activationSchema.partial({ matchingKey: true })],
} as const;

/**
 * Returns the JSON Schemas (draft 7, which every YAML editor supports) of YAML files, by file name. They have names,
 * types, choices and descriptions; rules about several settings are only in the real check.
 */
export function jsonSchemas(): Record<string, object> {
  return Object.fromEntries(
    Object.entries(SCHEMAS).map(([name, [title, schema]]) => {
      const { $schema, ...rest } = z.toJSONSchema(schema, {
        io: 'input',
        target: 'draft-7',
        override: ({ zodSchema, jsonSchema }) => {
          // zod leaves out the examples of a transformed value, such as a duration. Ours are as people write them.
          const { examples } = z.globalRegistry.get(zodSchema) ?? {};
          if (examples) jsonSchema.examples = examples as typeof jsonSchema.examples;
        },
      });
      return [name, { $schema, title, ...rest }];
    }),
  );
}
