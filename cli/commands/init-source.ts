import { parse } from 'yaml';
import { infoOf, type Driver } from '../../activation/definition/source.ts';
import { jsonSchemas } from '../../config/schema/json-schemas.ts';
import { settingRows, type SettingRow } from '../../config/schema/settings-table.ts';
import { scalar, schemaLine } from './init-yaml.ts';

/** A setting of a driver, as a new source has it. */
export interface SourceSetting {
  /** Such as `connection.account`. */
  path: string;
  meaning: string;
  /** Its default or example, in YAML; empty for a group. */
  value: string;
  /** A setting that is not set is written as a comment. */
  isSet: boolean;
  /** The environment variable with its value, for a secret. */
  variable?: string;
  /** What `init` offers as the answer; undefined if it does not ask. */
  offered?: string;
}

/** The answers of `init` that a source contains: its driver, and its settings by their paths. */
type SourceAnswers = { driver: Driver } & Readonly<Record<string, string>>;

/** Returns the settings of a driver in the order of its schema, without `driver`. */
export function sourceSettings(driver: Driver): SourceSetting[] {
  const [, ...rows] = settingRows(driverJson(driver));
  const { connection = [] } = infoOf(driver);
  const optional = connection.map((name) => `connection.${name}`);
  const isUsed = ({ path, default: usual }: SettingRow) =>
    usual === 'required' || usual.startsWith('`') || optional.includes(path);
  const used = rows.filter(isUsed).map(({ path }) => path);
  return rows.map((row) => {
    const isSet = [...parents(row.path), row.path].every((path) => used.includes(path));
    const [, usual] = /^`(.*)`$/.exec(row.default) ?? [];
    // The examples are of a source with the id `shop`.
    const example = row.example.replace(/^\w+:/, '').trim().replace('env: SHOP_', 'env: WAREHOUSE_');
    const [, variable] = /^\{ env: (\w+) \}$/.exec(example) ?? [];
    const isAsked = isSet && usual === undefined && variable === undefined && example !== '';
    return {
      path: row.path,
      meaning: row.meaning,
      value: usual ?? example,
      isSet,
      variable,
      offered: isAsked ? String(parse(example)) : undefined,
    };
  });
}

/** Returns the set environment variables of a driver's source, with what they contain. */
export function sourceVariables(driver: Driver): { name: string; holds: string }[] {
  return sourceSettings(driver).flatMap(({ variable: name, isSet, meaning }) =>
    name !== undefined && isSet ? [{ name, holds: meaning.replace('Environment variable with ', '') }] : [],
  );
}

/** Returns the command that installs the packages of a driver; undefined if it needs none. */
export function installCommand(driver: Driver): string | undefined {
  const { packages } = infoOf(driver);
  return packages && `npm install ${packages.join(' ')}`;
}

/** Returns the text of the file of a new source. */
export function sourceFile(answers: SourceAnswers): string {
  const { driver } = answers;
  const install = installCommand(driver);
  return [
    schemaLine('source'),
    '# The warehouse that contains the segments. It is only read.',
    `# Which user to create, and what the driver does: docs/warehouses.md#${infoOf(driver).section}`,
    ...(install === undefined ? [] : [`# Where the worker is installed: ${install}`]),
    `driver: ${driver}`,
    '',
    '# Secrets are environment variables. This file contains only their names.',
    ...settingLines(sourceSettings(driver), answers),
    '',
  ].join('\n');
}

function settingLines(settings: readonly SourceSetting[], answers: SourceAnswers): string[] {
  const unset = settings.filter(({ isSet }) => !isSet).map(({ path }) => path);
  return settings.map(({ path, meaning, value, isSet, offered }) => {
    const above = parents(path);
    const text = offered === undefined ? value : scalar(answers[path] ?? offered);
    const line = `${path.split('.').at(-1)}:${text && ` ${text}`} # ${meaning}`;
    const active = above.filter((parent) => !unset.includes(parent)).length;
    const mark = isSet ? '' : '# ';
    return `${'  '.repeat(active)}${mark}${'  '.repeat(above.length - active)}${line}`;
  });
}

/** `a`, `a.b` of `a.b.c` */
function parents(path: string): string[] {
  return [...path.matchAll(/\./g)].map(({ index }) => path.slice(0, index));
}

/** The JSON Schema of a driver's source. */
function driverJson(driver: Driver): object {
  const { oneOf } = jsonSchemas()['source.schema.json'] as { oneOf: DriverJson[] };
  return oneOf.find(({ properties }) => properties.driver.const === driver)!;
}

interface DriverJson {
  properties: { driver: { const: string } };
}
