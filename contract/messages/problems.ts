import { always, message } from './message.ts';
import { SEGMENT_PROBLEMS } from './segments.ts';
import { counted, orKnown } from './words.ts';

const IN_DESTINATION = { destination: 'actito' };
const SHARED_ETL = { etl: '12', files: ['activations/vip.yaml', 'activations/new.yaml'] as [string, string] };

type NameFault = 'blank' | 'control' | 'invisible' | 'separator' | 'dots' | 'hidden' | 'reserved' | 'long';

const NAME_FAULTS: Record<NameFault, (most: number) => string> = {
  blank: () => 'starts or ends with a space',
  control: () => 'contains a control character or a line break',
  invisible: () => 'contains an invisible character, such as a zero-width space or a text direction mark',
  separator: () => 'contains a path separator (/ or \\; in file names also :)',
  dots: () => 'contains two dots in a row, or is a single dot',
  hidden: () => 'starts with a dot, like the names of incomplete files',
  reserved: () =>
    'is reserved on Windows (such as CON, NUL or COM1); choose another list.name or list.fileName',
  long: (most) => `is longer than ${most} bytes in UTF-8`,
};

/** What can be wrong in a file of the project folder. Each message follows the location, as in `activations/vip.yaml:12 list.name: …`. */
export const PROBLEM_MESSAGES = {
  ...SEGMENT_PROBLEMS,
  settingUnknown: message<{ near?: string; known: string[] }>({
    examples: [
      { near: 'attributes', known: ['attributes'] },
      { known: ['column', 'attribute'] },
      { known: [] },
    ],
    says: ({ near, known }) => `unknown setting${orKnown(near, known)}`,
  }),
  settingMissing: message({
    examples: [{ expected: 'non-empty text' }],
    says: ({ expected }) => `missing; expected ${expected}`,
  }),
  settingWrong: message<{
    expected: string;
    /** The current value, if it cannot be a secret. */
    got?: string;
  }>({
    examples: [{ expected: 'true or false', got: '"maybe"' }, { expected: 'a group of settings' }],
    says: ({ expected, got }) => `expected ${expected}${got === undefined ? '' : `, got ${got}`}`,
  }),
  secretWrong: message({
    examples: [{ expected: '{ env: NAME }' }],
    says: ({ expected }) => `expected ${expected}; do not write the secret itself in this file`,
  }),
  fileEmpty: always('the file is empty'),
  yamlInvalid: message({
    examples: [{ fault: 'bad indent' }],
    says: ({ fault }) => `not valid YAML (${fault})`,
  }),
  aliasUnknown: always('not valid YAML (an alias *name without its anchor &name)'),
  aliasesTooMany: always('not valid YAML (too many aliases)'),
  variableUnset: message({
    examples: [
      { variable: 'ACTITO_KEY', empty: false },
      { variable: 'ACTITO_KEY', empty: true },
    ],
    says: ({ variable, empty }) => `the environment variable ${variable} is ${empty ? 'empty' : 'not set'}`,
  }),
  fileUnreadable: message({
    examples: [{ code: 'EACCES' }],
    says: ({ code }) => `cannot be read (${code})`,
  }),
  fileIrregular: always('is not a regular file'),
  fileTooLarge: message({
    examples: [{ largest: 131_072 }],
    says: ({ largest }) => `is larger than the limit of ${largest / 1024} KB`,
  }),
  fileNoText: always('is not UTF-8 text'),
  problemsOmitted: message({
    examples: [{ more: 299_980 }],
    says: ({ more }) => `has ${counted(more, 'more problem')}`,
  }),
  folderOfProjectMissing: message({
    examples: [{ folder: 'activations' }],
    says: ({ folder }) =>
      `the folder is missing; create it and add a YAML file for each of the project's ${folder}`,
  }),
  idTaken: message({
    examples: [{ id: 'vip' }],
    says: ({ id }) => `another file has the same id "${id}" (with the extension .yaml or .yml)`,
  }),
  idUnusable: message({
    examples: [{ id: 'VIP!', expected: 'letters, digits, - and _' }],
    says: ({ id, expected }) => `expected ${expected}, got "${id}"`,
  }),
  referenceUnknown: message<{ setting: string; id: string; near?: string; known: string[] }>({
    examples: [
      { setting: 'source', id: 'shp', near: 'shop', known: ['shop'] },
      { setting: 'destination', id: 'actito', known: ['test', 'production'] },
    ],
    says: ({ setting, id, near, known }) => `there is no ${setting} "${id}"${orKnown(near, known)}`,
  }),
  listFedTwice: message<{
    list: string;
    by: string;
    /** The other spelling, if it differs. */
    as?: string;
  }>({
    examples: [
      { list: 'VIP customers', by: 'activations/vip.yaml' },
      { list: 'VIP customers', by: 'activations/vip.yaml', as: 'Vip Customers' },
    ],
    says: ({ list, by, as }) => `the list "${list}" is already used by ${by}${alike(as)}`,
  }),
  fileWrittenTwice: message<{ file: string; by: string; as?: string }>({
    examples: [
      { file: 'vip.csv', by: 'activations/vip.yaml' },
      { file: 'vip.csv', by: 'activations/vip.yaml', as: 'VIP.csv' },
    ],
    says: ({ file, by, as }) => `the file "${file}" is already written by ${by}${alike(as)}`,
  }),
  nameUnusable: message<{ what: 'list' | 'file'; fault: NameFault; most: number }>({
    examples: [
      { what: 'list', fault: 'blank', most: 200 },
      { what: 'list', fault: 'control', most: 200 },
      { what: 'list', fault: 'invisible', most: 200 },
      { what: 'file', fault: 'separator', most: 200 },
      { what: 'file', fault: 'dots', most: 200 },
      { what: 'file', fault: 'hidden', most: 200 },
      { what: 'file', fault: 'reserved', most: 200 },
      { what: 'file', fault: 'long', most: 200 },
    ],
    says: ({ what, fault, most }) => `the name of the ${what} ${NAME_FAULTS[fault](most)}`,
  }),
  keyMapped: message({
    examples: [{ attribute: 'emailAddress' }],
    says: ({ attribute }) =>
      `"${attribute}" is the matching key; it only identifies the profile and is never written`,
  }),
  attributeMappedTwice: message({
    examples: [{ attribute: 'tier', by: 'attributes[0]' }],
    says: ({ attribute, by }) => `"${attribute}" is already mapped by ${by}`,
  }),
  etlCannotKeep: message({
    examples: [{ ...IN_DESTINATION, attributes: ['tier', 'points'] }],
    says: ({ destination, attributes }) =>
      `nulls: keep is not possible for ${attributes.join(', ')}: the ETL requires every column in every file ` +
      '(contract.etlColumns: all), and an empty field clears the attribute (contract.emptyValue: clears). Set nulls: clear ' +
      'for these attributes or, if your license of Actito works this way, contract.emptyValue: ignored or ' +
      `contract.etlColumns: subset in destinations/${destination}`,
  }),
  nullCannotClear: message({
    examples: [IN_DESTINATION],
    says: ({ destination }) =>
      'nulls: clear is not possible, because Actito ignores empty fields (contract.emptyValue: ignored in ' +
      `destinations/${destination}); set nulls: keep`,
  }),
  listTakesProfileIds: message({
    examples: [{ ...IN_DESTINATION, attribute: 'emailAddress' }],
    says: ({ destination, attribute }) =>
      `a list can contain only profile IDs (contract.listIdentifiers: profileId in destinations/${destination}), ` +
      `not ${attribute}; set list.identifier: { column: <column with the profile IDs>, attribute: profileId }, or ` +
      'list.identifier: profileId with an export of the profiles (profiles in the destination)',
  }),
  identifierWithoutProfiles: message({
    examples: [IN_DESTINATION],
    says: ({ destination }) =>
      `the profile IDs are looked up in an export of the profiles, and destinations/${destination} has no "profiles"; add it ` +
      'there, or set { column: <column with the profile IDs>, attribute: profileId }',
  }),
  identifierWithoutColumn: message<{ destination: string; attribute: string; known: string[] }>({
    examples: [{ ...IN_DESTINATION, attribute: 'emailAddress', known: ['profileId'] }],
    says: ({ destination, attribute, known }) =>
      `the profile IDs are looked up by the matching key "${attribute}", and destinations/${destination} does not say which ` +
      `column of the export contains it; add ${attribute} to profiles.export.columns (there: ${known.join(', ')})`,
  }),
  listWithoutStatus: message({
    examples: [IN_DESTINATION],
    says: ({ destination }) =>
      'actito-sync cannot read the status of a list that was created in Actito; set ' +
      `contract.listConfirmation: fileDisappears or none in destinations/${destination}`,
  }),
  etlOfTwoKeys: message<{ etl: string; files: [string, string]; keys: [string, string] }>({
    examples: [{ ...SHARED_ETL, keys: ['emailAddress', 'profileId'] }],
    says: ({ keys, ...shared }) =>
      etlShared(shared, `but it can match on only one key, not on ${keys.join(' and ')}`),
  }),
  etlOfOtherColumns: message<{ etl: string; files: [string, string]; columns: [string[], string[]] }>({
    examples: [{ ...SHARED_ETL, columns: [['tier'], []] }],
    says: ({ columns, ...shared }) =>
      etlShared(
        shared,
        'but it requires every column in every file (contract.etlColumns: all), and they send different attributes: ' +
          columns.map((names) => names.join(', ') || 'none').join(' and '),
      ),
  }),
};

function alike(other: string | undefined): string {
  return other === undefined
    ? ''
    : `, as "${other}": names that differ only in case, accents or spaces can be the same name in Actito or on the file server`;
}

function etlShared({ etl, files }: { etl: string; files: [string, string] }, but: string): string {
  return `ETL ${etl} is shared by ${files.join(' and ')}, ${but}. Create one ETL for each in Actito`;
}
