import { z } from 'zod';
import { shaped } from '../http/body.ts';
import { type Attribute, TECHNICAL } from '../contacts/attributes.ts';
import type { Profiles } from '../contacts/profiles.ts';
import { invalid } from '../refusal.ts';

const Definition = z.strictObject({
  profileTableId: z.string(),
  mode: z.literal('UPDATE_ONLY'),
  fileFormat: z.strictObject({
    separator: z.string().regex(/^[^"\r\n]$/, 'must be one character'),
    encoding: z.literal('UTF-8'),
    header: z.literal(true),
  }),
  key: z.string(),
  columns: z.array(z.string()).min(2),
});

/** The JSON definition of a one-shot import, as sent. */
export type ImportDefinition = z.infer<typeof Definition>;

/** An import's definition with its attributes looked up. */
export interface ImportPlan extends ImportDefinition {
  keyAttribute: Attribute;
  keyColumn: number;
  /** What is written, in the order of the file without the key. */
  written: Attribute[];
}

/** @throws Refusal 400 for anything that the table could not be imported with. */
export function planImport(body: unknown, profiles: Profiles): ImportPlan {
  const definition = shaped(Definition, body);
  const { key, columns } = definition;
  if (definition.profileTableId !== profiles.id) {
    throw invalid(`definition: there is no profile table ${definition.profileTableId}.`);
  }
  if (new Set(columns).size < columns.length) throw invalid('definition: a column occurs twice.');
  const attributes = columns.map((name) => {
    const attribute = profiles.attribute(name);
    if (!attribute) throw invalid(`definition: the table has no attribute "${name}".`);
    return attribute;
  });
  const keyColumn = columns.indexOf(key);
  const keyAttribute = attributes[keyColumn];
  if (!keyAttribute) throw invalid(`definition: the key "${key}" is not among the columns.`);
  if (!keyAttribute.unique) throw invalid(`definition: the key "${key}" is not a unique attribute.`);
  const written = attributes.filter((attribute) => attribute !== keyAttribute);
  const technical = written.find(({ name }) => (TECHNICAL as readonly string[]).includes(name));
  if (technical) throw invalid(`definition: "${technical.name}" is written by Actito only.`);
  return { ...definition, keyAttribute, keyColumn, written };
}
