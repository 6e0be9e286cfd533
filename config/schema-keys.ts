import { z } from 'zod';
import type { Path } from './yaml-file.ts';

type Form = z.core.JSONSchema.BaseSchema;

/**
 * The names that a schema knows at `path`; where several forms are allowed, the names of all that `value` may have. A
 * form that wants another constant (`protocol: sftp`) than the value has is not among them.
 */
export function knownKeys(schema: z.ZodType, path: Path, value: unknown): string[] {
  let forms = alternatives(z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }), value);
  let inner = value;
  for (const step of path) {
    inner = property(inner, step);
    forms = forms.flatMap((form) =>
      alternatives(typeof step === 'number' ? (form.items as Form) : form.properties?.[String(step)], inner),
    );
  }
  return [...new Set(forms.flatMap((form) => Object.keys(form.properties ?? {})))];
}

/** A JSON Schema may also be `true`, which knows no names. */
function alternatives(form: Form | boolean | undefined, value: unknown): Form[] {
  if (typeof form !== 'object') return [];
  const forms = form.anyOf ?? form.oneOf;
  if (forms) return forms.flatMap((inner) => alternatives(inner, value));
  const isOther = Object.entries(form.properties ?? {}).some(
    ([name, inner]) =>
      typeof inner === 'object' && inner.const !== undefined && inner.const !== property(value, name),
  );
  return isOther ? [] : [form];
}

/** The setting `step` of a group or list; undefined when `value` is neither. */
export function property(value: unknown, step: PropertyKey): unknown {
  return typeof value === 'object' && value ? (value as Record<PropertyKey, unknown>)[step] : undefined;
}
