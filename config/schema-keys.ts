import { z } from 'zod';
import type { Path } from './yaml-file.ts';

type Form = z.core.JSONSchema.BaseSchema;

/** The names that a schema knows at `path`; where several forms are allowed, the names of them all. */
export function knownKeys(schema: z.ZodType, path: Path): string[] {
  let forms = alternatives(z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }));
  for (const step of path) {
    forms = forms.flatMap((form) =>
      alternatives(typeof step === 'number' ? (form.items as Form) : form.properties?.[String(step)]),
    );
  }
  return forms.flatMap((form) => Object.keys(form.properties ?? {}));
}

/** A JSON Schema may also be `true`, which knows no names. */
function alternatives(form: Form | boolean | undefined): Form[] {
  if (typeof form !== 'object') return [];
  return form.anyOf ? form.anyOf.flatMap(alternatives) : [form];
}
