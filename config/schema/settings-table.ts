import { stringify } from 'yaml';

/** The parts of a setting's JSON Schema that the tables need. */
interface Form {
  type?: string;
  title?: string;
  description?: string;
  default?: unknown;
  const?: string;
  enum?: string[];
  examples?: unknown[];
  minimum?: number;
  maximum?: number;
  properties?: Record<string, Form>;
  required?: string[];
  items?: Form;
  anyOf?: Form[];
  oneOf?: Form[];
}

/** One setting of a file, as a row of the table. */
export interface SettingRow {
  path: string;
  type: string;
  default: string;
  meaning: string;
  /** In YAML. */
  example: string;
}

/** Groups that have one row in the page, because their settings are listed elsewhere. */
const ELSEWHERE = ['defaults', 'contract.paths'];
/** A limit of this number or more means no limit. */
const ANY = 1_000_000;

/**
 * Returns all settings of a file in the order of its schema. A setting that depends on the kind of its group names the
 * kind.
 */
export function settingRows(schema: object, before = ''): SettingRow[] {
  const { properties = {}, required = [], oneOf } = schema as Form;
  if (oneOf) return rowsOfKinds(before, oneOf);
  return Object.entries(properties).flatMap(([name, form]) => {
    const path = before + name;
    const row = rowOf(path, form, required.includes(name));
    return ELSEWHERE.includes(path) ? [row] : [row, ...innerRows(path, form)];
  });
}

/** Formats the settings as a Markdown table. */
export function settingsTable(schema: object): string {
  const rows = settingRows(schema).map(({ path, type, default: usual, meaning, example }) =>
    [`\`${path}\``, type, usual, meaning, example && code(example)].map(cell).join(' | '),
  );
  return ['| setting | type | default | meaning | example |', '|---|---|---|---|---|']
    .concat(rows.map((row) => `| ${row} |`))
    .join('\n');
}

function innerRows(path: string, form: Form): SettingRow[] {
  if (form.title !== undefined) return [];
  if (form.items) return settingRows(form.items, `${path}[].`);
  return settingRows(form, `${path}.`);
}

/** A setting that is equal for all kinds has one row; any other names its kind. */
function rowsOfKinds(before: string, kinds: readonly Form[]): SettingRow[] {
  const rows = kinds.map((kind) => settingRows(kind, before).filter((row) => !isKind(kind, row, before)));
  const texts = rows.map((each) => each.map((row) => JSON.stringify(row)));
  const isAlike = (row: SettingRow) => texts.every((each) => each.includes(JSON.stringify(row)));
  const ofKinds = kinds.flatMap((kind, index) =>
    rows[index]!.filter((row) => index === 0 || !isAlike(row)).map((row) =>
      isAlike(row) ? row : onlyWith(nameOf(kind)[1], row),
    ),
  );
  return [kindRow(before, kinds), ...ofKinds];
}

/** Returns the setting that distinguishes kinds, and its value for this one: `['protocol', 'sftp']`. */
function nameOf(kind: Form): [name: string, value: string] {
  const [name, form] = Object.entries(kind.properties ?? {}).find(([, inner]) => inner.const !== undefined)!;
  return [name, String(form.const)];
}

function isKind(kind: Form, row: SettingRow, before: string): boolean {
  return row.path === before + nameOf(kind)[0];
}

function kindRow(before: string, kinds: readonly Form[]): SettingRow {
  const [name, first] = nameOf(kinds[0]!);
  const row = rowOf(before + name, kinds[0]!.properties![name]!, true);
  const type = kinds.map((kind) => code(nameOf(kind)[1])).join(', ');
  return { path: row.path, type, default: row.default, meaning: row.meaning, example: `${name}: ${first}` };
}

function onlyWith(kind: string, row: SettingRow): SettingRow {
  const meaning = `Only with ${kind}: ${row.meaning}`;
  return { path: row.path, type: row.type, default: row.default, meaning, example: row.example };
}

function rowOf(path: string, form: Form, isRequired: boolean): SettingRow {
  const { meaning, usual } = described(form.description ?? '');
  const isGroup = typeOf(form) === 'group';
  const value = form.default;
  const ownDefault = value === undefined || isGroup ? undefined : inYaml(value);
  return {
    path,
    type: typeOf(form),
    default: ownDefault === undefined ? (usual ?? (isRequired ? 'required' : '–')) : `\`${ownDefault}\``,
    meaning,
    example: isGroup || form.items?.properties ? '' : `${path.split('.').at(-1)}: ${inYaml(exampleOf(form))}`,
  };
}

/** Splits a description into its last sentence "Default: …" and the rest. */
function described(text: string): { meaning: string; usual?: string } {
  const [, meaning, usual] = /^(.*?) ?Default: (.*)\.$/s.exec(text) ?? [];
  return usual === undefined ? { meaning: text } : { meaning: meaning!, usual };
}

function exampleOf(form: Form): unknown {
  const [example] = form.examples ?? [];
  if (example !== undefined) return example;
  if (form.const !== undefined) return form.const;
  if (form.enum) return form.enum.find((value) => value !== form.default && value !== form.enum![0]);
  if (form.type === 'boolean') return form.default !== true && !/^false:/.test(form.description ?? '');
  throw new Error(`The setting has no example: ${form.description}`);
}

function typeOf(form: Form): string {
  const { title, type, enum: choices, minimum, maximum } = form;
  if (title !== undefined) return title;
  if (choices) return choices.map((choice) => `\`${choice}\``).join(', ');
  if (form.const !== undefined) return `\`${String(form.const)}\``;
  if (type === 'integer' || type === 'number')
    return [type === 'integer' ? 'whole number' : 'number', range(minimum, maximum)]
      .filter(Boolean)
      .join(', ');
  if (type === 'array') return 'list';
  if (type === 'object' || form.oneOf) return 'group';
  return type === 'string' ? 'text' : String(type);
}

function range(minimum: number | undefined, maximum: number | undefined): string {
  const [least, most] = [minimum ?? -ANY, maximum ?? ANY];
  if (most >= ANY) return least <= -ANY ? '' : `from ${least}`;
  return `${least} to ${most}`;
}

/** Formats a value on one line of YAML. */
function inYaml(value: unknown): string {
  return stringify(value, { collectionStyle: 'flow', lineWidth: 0 }).trim();
}

function code(text: string): string {
  return `\`${text}\``;
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|').replace(/\s+/g, ' ');
}
