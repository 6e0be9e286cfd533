import { describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { z } from 'zod';
import { activationSchema, defaultsSchema } from '../../activation/definition/activation.ts';
import { withDefaults } from '../../config/defaults.ts';
import { parseYaml, type YamlFile } from '../../config/yaml-file.ts';

/** For every setting that can be a default: a value that differs from its built-in default. */
const SAMPLES: Record<string, unknown> = {
  matchingKey: { column: 'phone', type: 'phone', attribute: 'gsmNumber', defaultCountry: 'BE' },
  attributes: [{ column: 'town', attribute: 'city', nulls: 'clear' }],
  attributesRequired: true,
  importMode: { etl: 12 },
  'list.identifier': { column: 'id', attribute: 'customerId' },
  'list.validity': '3 days',
  'list.provision': 'existing',
  'list.fileName': 'x.csv',
  removal: { after: '2 runs' },
  schedule: { every: '1 day' },
  'guards.maxRemovedRatio': 0.5,
  'guards.maxRemoved': 7,
  'guards.maxAddedRatio': 2,
  'guards.maxChangedRatio': 0.4,
  'guards.allowEmpty': true,
  'guards.maxRejectedRatio': 0.2,
  'guards.minMatchRatio': 0.6,
  'guards.freshness': { query: 'select now()', maxAge: '2h' },
  'guards.fromModel': ['tests'],
  'guards.assertions': [{ query: 'select 1', message: 'wrong' }],
  timezone: 'Europe/Brussels',
  defaultCountry: 'BE',
  canary: 500,
};
/** The settings that each activation has for itself: what identifies, describes and groups it. */
const OWN = [
  'name',
  'description',
  'tags',
  'rejectReference',
  'source',
  'destination',
  'segment',
  'list.name',
  'list.adopt',
];
const LEAST = {
  source: 'shop',
  destination: 'actito',
  segment: { name: 'VIP', table: 'vip' },
  matchingKey: { column: 'email', type: 'email', attribute: 'emailAddress' },
};

/** The settings of a schema; groups that may be empty are split into their settings: `list.validity`. */
function settingsOf(shape: Record<string, z.ZodType>): string[] {
  return Object.entries(shape).flatMap(([name, schema]) => {
    const group = groupIn(schema);
    return group && group.safeParse({}).success
      ? Object.keys(group.shape).map((inner) => `${name}.${inner}`)
      : [name];
  });
}

function groupIn(schema: z.ZodType): z.ZodObject | undefined {
  if (schema instanceof z.ZodObject) return schema;
  const isWrapped = schema instanceof z.ZodOptional || schema instanceof z.ZodPrefault;
  return isWrapped ? groupIn(schema.unwrap() as z.ZodType) : undefined;
}

function yaml(value: object): YamlFile {
  const parsed = parseYaml('file', stringify(value));
  if ('problems' in parsed) throw new Error('not valid YAML');
  return parsed;
}

const nested = (setting: string, value: unknown): Record<string, unknown> => {
  const [section, inner] = setting.split('.');
  return { [section!]: inner === undefined ? value : { [inner]: value } };
};
/** An activation after loading, without its own key if the defaults have one. */
const merged = (own: object, defaults: object) =>
  activationSchema.parse(withDefaults(yaml(own), yaml({ defaults }), true).value);
const without = (own: object, setting: string) =>
  Object.fromEntries(Object.entries(own).filter(([name]) => name !== setting));

describe('every setting that can be a default', () => {
  it('has a sample here', () => {
    expect(Object.keys(SAMPLES).sort()).toEqual(settingsOf(defaultsSchema.shape).sort());
  });

  it('is a setting of an activation, except for the ones that each activation has for itself', () => {
    expect([...Object.keys(SAMPLES), ...OWN].sort()).toEqual(settingsOf(activationSchema.shape).sort());
  });

  it.each(Object.keys(SAMPLES))('applies as if the activation had it: %s', (setting) => {
    const said = nested(setting, SAMPLES[setting]);
    const wanted = activationSchema.parse({ ...LEAST, ...said });
    expect(wanted).not.toEqual(activationSchema.parse(LEAST));
    expect(merged(without(LEAST, setting), said)).toEqual(wanted);
  });

  it.each(Object.keys(SAMPLES))('is overridden by the activation: %s', (setting) => {
    const said = nested(setting, SAMPLES[setting]);
    const theirs = merged({ ...LEAST, ...said }, { ...said, ...nested(setting, OTHER[setting]) });
    expect(theirs).toEqual(activationSchema.parse({ ...LEAST, ...said }));
  });
});

/** A second other value of each, to be overridden. */
const OTHER: Record<string, unknown> = {
  ...Object.fromEntries(Object.entries(SAMPLES).map(([name, value]) => [name, other(value)])),
  matchingKey: { column: 'id', type: 'externalId', attribute: 'customerId' },
  attributes: [{ column: 'other', attribute: 'city' }],
  importMode: 'oneShot',
  'list.identifier': { column: 'other', attribute: 'other' },
  'list.validity': '5 days',
  'list.provision': 'api',
  'list.fileName': 'y.csv',
  removal: { after: '3 runs' },
  schedule: { cron: '0 6 * * *' },
  'guards.freshness': { query: 'select 2', maxAge: '3h' },
  'guards.fromModel': ['freshness'],
  'guards.assertions': [],
  canary: 700,
};

function other(value: unknown): unknown {
  if (typeof value === 'boolean') return !value;
  return typeof value === 'number' ? value / 2 : value;
}
