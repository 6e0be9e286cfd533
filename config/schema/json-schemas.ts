import { z } from 'zod';
import { activationSchema } from '../../activation/definition/activation.ts';
import { destinationSchema } from '../../activation/definition/destination.ts';
import { sourceSchema } from '../../activation/definition/source.ts';
import { settingsSchema } from '../settings.ts';

/** What editors may know of a project folder's files, by the names of the files in schemas/. */
const SCHEMAS = {
  'project.schema.json': ['The settings of an actito-sync project', settingsSchema],
  'source.schema.json': ['A source of actito-sync', sourceSchema],
  'destination.schema.json': ['A destination of actito-sync', destinationSchema],
  // The key may come from the defaults of the destination, in another file.
  'activation.schema.json': ['An activation of actito-sync', activationSchema.partial({ matchingKey: true })],
} as const;

/**
 * The JSON Schemas (draft 7, which every YAML editor knows) of what people write, by file name. They hold names, types,
 * choices and descriptions; what depends on several settings at once only the real check knows.
 */
export function jsonSchemas(): Record<string, object> {
  return Object.fromEntries(
    Object.entries(SCHEMAS).map(([name, [title, schema]]) => {
      const { $schema, ...rest } = z.toJSONSchema(schema, {
        io: 'input',
        target: 'draft-7',
        override: ({ zodSchema, jsonSchema }) => {
          // zod leaves out the examples of a value that is transformed, such as a duration: ours are as people write them.
          const { examples } = z.globalRegistry.get(zodSchema) ?? {};
          if (examples) jsonSchema.examples = examples as typeof jsonSchema.examples;
        },
      });
      return [name, { $schema, title, ...rest }];
    }),
  );
}
