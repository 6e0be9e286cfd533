import { z } from 'zod';
import type { Path } from './yaml-file.ts';

type Form = z.core.JSONSchema.BaseSchema;

/**
 * Returns the setting names that a schema has at `path`; if several forms are allowed, the names of all forms that
 * match `value`. A form that requires another constant (`protocol: sftp`) than the value has does not match.
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

/** A JSON Schema may also be `true`, which has no names. */
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

/** Returns the setting `step` of a group or list; undefined if `value` is neither. */
export function property(value: unknown, step: PropertyKey): unknown {
  return typeof value === 'object' && value ? (value as Record<PropertyKey, unknown>)[step] : undefined;
}
