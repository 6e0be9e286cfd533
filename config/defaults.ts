import { z } from 'zod';
import { defaultsSchema } from '../activation/definition/activation.ts';
import type { Problem } from './problem.ts';
import type { Path, YamlFile } from './yaml-file.ts';

type Settings = Record<string, unknown>;

/** All sections of the schema that can have defaults. */
const SECTIONS = Object.keys(defaultsSchema.shape) as (keyof typeof defaultsSchema.shape)[];
/**
 * Groups that are merged setting by setting: those without required settings. An activation has all other sections of
 * its own, or takes them as a whole.
 */
const BY_SETTING: readonly string[] = SECTIONS.filter((name) => {
  const section: z.ZodType = defaultsSchema.shape[name].unwrap();
  return section instanceof z.ZodObject && section.safeParse({}).success;
});

/** A default attribute that an activation takes, and its index in the defaults. */
type Added = [index: number, mapping: unknown];

/**
 * Completes an activation's file with the `defaults` of its destination, before it is checked. The activation's own
 * settings take precedence: as a whole, in `list` and `guards` setting by setting, in `attributes` by the attribute's
 * name. A default attribute that is this activation's matching key is left out. Every setting keeps its place in the
 * files.
 * @param destination the destination's file; undefined if it is missing or no YAML
 * @param isValid whether the destination is valid; if not, its defaults are unknown
 */
export function withDefaults(file: YamlFile, destination: YamlFile | undefined, isValid: boolean): YamlFile {
  if (!isSettings(file.value)) return file;
  const own = file.value;
  const defaults = settings(settings(destination?.value).defaults);
  const added = addedAttributes(own, defaults);
  return {
    name: file.name,
    value: merged(own, defaults, added),
    place: (path) => {
      const theirs = defaultPath(path, own, defaults, added);
      if (theirs && destination) return destination.place(['defaults', ...theirs]);
      const section = String(path[0]);
      const isUnknown = !isValid && isSection(section) && !(section in own);
      return isUnknown ? { file: UNKNOWN, line: 0, path } : file.place(path);
    },
  };
}

const UNKNOWN = 'destinations/';

/** True if a problem of an activation comes from the defaults of its destination, which are checked separately. */
export function isOfDefaults(problem: Problem): boolean {
  return problem.file.startsWith(UNKNOWN);
}

function merged(own: Settings, defaults: Settings, added: Added[]): Settings {
  const value: Settings = { ...own };
  for (const section of SECTIONS.filter((name) => name in defaults)) {
    const [mine, theirs] = [own[section], defaults[section]];
    if (!(section in own)) value[section] = theirs;
    else if (BY_SETTING.includes(section) && isSettings(mine))
      value[section] = { ...settings(theirs), ...mine };
  }
  const mappings = added.map(([, mapping]) => mapping);
  if (Array.isArray(defaults.attributes)) {
    if (!('attributes' in own)) value.attributes = mappings;
    else if (Array.isArray(own.attributes))
      value.attributes = [...(own.attributes as unknown[]), ...mappings];
  }
  return value;
}

function addedAttributes(own: Settings, defaults: Settings): Added[] {
  const names = list(own.attributes).map((mapping) => settings(mapping).attribute);
  const { attribute: key } = settings('matchingKey' in own ? own.matchingKey : defaults.matchingKey);
  return [...list(defaults.attributes).entries()].filter(([, mapping]) => {
    const { attribute } = settings(mapping);
    return attribute === undefined || (attribute !== key && !names.includes(attribute));
  });
}

/** Returns the place of a merged setting in the defaults, or undefined if it is the activation's own. */
function defaultPath(path: Path, own: Settings, defaults: Settings, added: Added[]): Path | undefined {
  const [name, step, ...rest] = [String(path[0]), ...path.slice(1)] as [string, ...Path];
  if (!isSection(name) || !(name in defaults)) return undefined;
  if (name === 'attributes' && typeof step === 'number') {
    const found = added[step - list(own.attributes).length];
    return found && [name, found[0], ...rest];
  }
  if (!(name in own)) return path;
  const isTheirs = step !== undefined && !(step in settings(own[name])) && step in settings(defaults[name]);
  return BY_SETTING.includes(name) && isTheirs ? path : undefined;
}

function isSection(name: string): boolean {
  return Object.hasOwn(defaultsSchema.shape, name);
}

function isSettings(value: unknown): value is Settings {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function settings(value: unknown): Settings {
  return isSettings(value) ? value : {};
}

function list(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}
