import { readdir, readFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { activationSchema } from '../../activation/definition/activation.ts';
import { destinationSchema } from '../../activation/definition/destination.ts';
import { sourceSchema } from '../../activation/definition/source.ts';
import { withSettings } from '../../config/schema/configuration-page.ts';
import { jsonSchemas } from '../../config/schema/json-schemas.ts';
import { settingRows } from '../../config/schema/settings-table.ts';
import { settingsSchema } from '../../config/settings.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const KINDS = ['source', 'destination', 'activation'] as const;
const schemaOf = (kind: string) => jsonSchemas()[`${kind}.schema.json`] as z.core.JSONSchema.JSONSchema;

/** The paths of all settings of a schema, and whether each has a description for editors. */
function settings(schema: unknown, path = ''): [path: string, isDescribed: boolean][] {
  if (typeof schema !== 'object' || schema === null) return [];
  const { properties = {}, items, anyOf = [], oneOf = [] } = schema as z.core.JSONSchema.BaseSchema;
  return [
    ...Object.entries(properties).flatMap(([name, inner]): [string, boolean][] => [
      [`${path}.${name}`, Boolean((inner as { description?: string }).description)],
      ...settings(inner, `${path}.${name}`),
    ]),
    ...[items, ...anyOf, ...oneOf].flatMap((inner) => settings(inner, path)),
  ];
}

/** All YAML files of the example, with the kind of their folder. */
async function examples(): Promise<{ file: string; kind: string; text: string }[]> {
  const found = KINDS.map(async (kind) => {
    const folder = join(ROOT, 'examples/demo', `${kind}s`);
    const names = await readdir(folder);
    return names.map(async (name) => {
      const file = join(folder, name);
      return { file, kind, text: await readFile(file, 'utf8') };
    });
  });
  return Promise.all((await Promise.all(found)).flat());
}

describe('the JSON Schemas that editors complete from', () => {
  it('are current; otherwise: npm run schema', async () => {
    const files = (await readdir(join(ROOT, 'schemas'))).filter((name) => name.endsWith('.json'));
    expect(files.sort()).toEqual(Object.keys(jsonSchemas()).sort());
    for (const [name, schema] of Object.entries(jsonSchemas())) {
      const written: unknown = JSON.parse(await readFile(join(ROOT, 'schemas', name), 'utf8'));
      expect(written, `schemas/${name} is not current: npm run schema`).toEqual(schema);
    }
  });

  it.each(KINDS)('describe every setting of a %s', (kind) => {
    const all = settings(schemaOf(kind));
    expect(all.length).toBeGreaterThan(2);
    expect(all.filter(([, isDescribed]) => !isDescribed)).toEqual([]);
  });

  it('are the ones that the files of the example point to and comply with', async () => {
    const files = await examples();
    expect(files.length).toBeGreaterThan(3);
    for (const { file, kind, text } of files) {
      const [, path] = /^# yaml-language-server: \$schema=(\S+)\n/.exec(text) ?? [];
      expect(path && resolve(dirname(file), path), file).toBe(join(ROOT, `schemas/${kind}.schema.json`));
      expect(z.fromJSONSchema(schemaOf(kind)).safeParse(parse(text)).error, file).toBeUndefined();
    }
  });

  it('accept an activation without a matching key, and mark an unknown setting', () => {
    const activation = z.fromJSONSchema(schemaOf('activation'));
    const least = { source: 'shop', destination: 'actito', segment: { name: 'VIP', table: 'vip' } };
    expect(activation.safeParse(least).success).toBe(true);
    expect(activation.safeParse({ ...least, lists: {} }).success).toBe(false);
    expect(activation.safeParse({ ...least, segment: {} }).success).toBe(false);
  });
});

describe('docs/configuration.md', () => {
  it('lists every setting as in the schemas; otherwise: npm run schema', async () => {
    const page = await readFile(join(ROOT, 'docs/configuration.md'), 'utf8');
    expect(page, 'docs/configuration.md is not current: npm run schema').toBe(withSettings(page));
  });

  it('has a section for the settings of every file', () => {
    expect(() => withSettings('<!-- settings: source -->\n<!-- /settings -->\n')).toThrow(
      'docs/configuration.md must hold <!-- settings: project -->',
    );
  });

  it.each([
    ['project', settingsSchema],
    ['source', sourceSchema],
    ['destination', destinationSchema],
    ['activation', activationSchema],
  ] as const)('shows valid examples of the settings of a %s', (kind, schema) => {
    const rows = settingRows(jsonSchemas()[`${kind}.schema.json`]!).filter(({ example }) => example !== '');
    expect(rows.length).toBeGreaterThan(2);
    for (const { path, example, meaning } of rows) {
      const steps = path
        .split('.')
        .flatMap((step) => (step.endsWith('[]') ? [step.slice(0, -2), 0] : [step]));
      const [, only] = /^Only with (\w+):/.exec(meaning) ?? [];
      const value = Object.values(parse(example) as object)[0] as unknown;
      const file = steps.reduceRight<unknown>((inner, step) => {
        if (typeof step === 'number') return [inner];
        const isServer = step === 'delivery' || step === 'server';
        return isServer ? { [step]: { protocol: only ?? 'sftp', ...(inner as object) } } : { [step]: inner };
      }, value);
      const whole = kind === 'source' ? { driver: only ?? 'postgres', ...(file as object) } : file;
      const issues = schema.safeParse(whole).error?.issues ?? [];
      const about = issues.filter((issue) => steps.every((step, at) => issue.path[at] === step));
      expect(about, `${path}, as in ${example}`).toEqual([]);
    }
  });
});
