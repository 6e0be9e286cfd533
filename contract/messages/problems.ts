import { always, message } from './message.ts';
import { orKnown } from './words.ts';

const IN_DESTINATION = { destination: 'actito' };
const SHARED_ETL = { etl: '12', files: ['activations/vip.yaml', 'activations/new.yaml'] as [string, string] };

type NameFault = 'blank' | 'control' | 'invisible' | 'separator' | 'dots' | 'hidden' | 'reserved' | 'long';

const NAME_FAULTS: Record<NameFault, (most: number) => string> = {
  blank: () => 'begins or ends with a blank',
  control: () => 'has a control character or a line break',
  invisible: () => 'has an invisible character, such as a zero-width space or a mark of writing direction',
  separator: () => 'has a path separator: / or \\, or in a file also :',
  dots: () => 'has two dots in a row, or is one dot',
  hidden: () => 'begins with a dot, as the files do that are not complete yet',
  reserved: () => 'is reserved on Windows, like CON, NUL or COM1; set list.name or list.fileName',
  long: (most) => `has more than ${most} bytes in UTF-8`,
};

/** What can be wrong in a file of the project folder: each follows the place, as in `activations/vip.yaml:12 list.name: …`. */
export const PROBLEM_MESSAGES = {
  settingUnknown: message<{ near?: string; known: string[] }>({
    examples: [
      { near: 'attributes', known: ['attributes'] },
      { known: ['column', 'attribute'] },
      { known: [] },
    ],
    says: ({ near, known }) => `unknown setting${orKnown(near, known)}`,
  }),
  settingMissing: message({
    examples: [{ expected: 'a text that is not empty' }],
    says: ({ expected }) => `missing, expected ${expected}`,
  }),
  settingWrong: message<{
    expected: string;
    /** What stands there, where it surely is no secret. */
    got?: string;
  }>({
    examples: [{ expected: 'true or false', got: '"maybe"' }, { expected: 'a group of settings' }],
    says: ({ expected, got }) => `expected ${expected}${got === undefined ? '' : `, got ${got}`}`,
  }),
  secretWrong: message({
    examples: [{ expected: '{ env: NAME }' }],
    says: ({ expected }) => `expected ${expected}; the secret itself does not belong in this file`,
  }),
  fileEmpty: always('the file is empty'),
  yamlInvalid: message({
    examples: [{ fault: 'bad indent' }],
    says: ({ fault }) => `not valid YAML (${fault})`,
  }),
  aliasUnknown: always('not valid YAML (an alias, *name, without its anchor, &name)'),
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
  fileIrregular: always('is no regular file, and is not read'),
  fileTooLarge: message({
    examples: [{ largest: 131_072 }],
    says: ({ largest }) => `is larger than ${largest / 1024} KB, and is not read`,
  }),
  fileNoText: always('is not a text in UTF-8'),
  problemsOmitted: message({
    examples: [{ more: 299_980 }],
    says: ({ more }) => `has ${more} more ${more === 1 ? 'problem' : 'problems'}`,
  }),
  folderOfProjectMissing: message({
    examples: [{ folder: 'activations' }],
    says: ({ folder }) => `the folder is missing; it holds a YAML file for each of the project's ${folder}`,
  }),
  idTaken: message({
    examples: [{ id: 'vip' }],
    says: ({ id }) => `the id "${id}" is taken by a file of the same name, .yaml or .yml`,
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
    /** The name there, if it is not the same in all. */
    as?: string;
  }>({
    examples: [
      { list: 'VIP customers', by: 'activations/vip.yaml' },
      { list: 'VIP customers', by: 'activations/vip.yaml', as: 'Vip Customers' },
    ],
    says: ({ list, by, as }) => `the list "${list}" is already fed by ${by}${alike(as)}`,
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
    says: ({ attribute }) => `"${attribute}" is the matching key; it finds the profile and is never written`,
  }),
  attributeMappedTwice: message({
    examples: [{ attribute: 'tier', by: 'attributes[0]' }],
    says: ({ attribute, by }) => `"${attribute}" is mapped by ${by} already`,
  }),
  etlCannotKeep: message({
    examples: [{ ...IN_DESTINATION, attributes: ['tier', 'points'] }],
    says: ({ destination, attributes }) =>
      `the ETL wants all of its columns in every file (contract.etlColumns: all) and an empty field clears the ` +
      `attribute (contract.emptyValue: clears), so nulls cannot be kept: ${attributes.join(', ')}. Either set nulls: ` +
      'clear there, or, if that is how this Actito behaves, contract.emptyValue: ignored or contract.etlColumns: subset ' +
      `in destinations/${destination}`,
  }),
  nullCannotClear: message({
    examples: [IN_DESTINATION],
    says: ({ destination }) =>
      'a null cannot clear the attribute, because Actito ignores empty fields (contract.emptyValue: ignored in ' +
      `destinations/${destination}); set it to keep`,
  }),
  listTakesProfileIds: message({
    examples: [{ ...IN_DESTINATION, attribute: 'emailAddress' }],
    says: ({ destination, attribute }) =>
      `a list may hold nothing but profile ids (contract.listIdentifiers: profileId in destinations/${destination}), ` +
      `not ${attribute}; set list.identifier: { column: <column with the profile ids>, attribute: profileId }`,
  }),
  listWithoutStatus: message({
    examples: [IN_DESTINATION],
    says: ({ destination }) =>
      'a list that was made in Actito cannot be read, so it has no status to wait for; set ' +
      `contract.listConfirmation: fileDisappears or none in destinations/${destination}`,
  }),
  etlOfTwoKeys: message<{ etl: string; files: [string, string]; keys: [string, string] }>({
    examples: [{ ...SHARED_ETL, keys: ['emailAddress', 'profileId'] }],
    says: ({ keys, ...shared }) =>
      etlShared(shared, `but it finds profiles by one matching key, not by ${keys.join(' and ')}`),
  }),
  etlOfOtherColumns: message<{ etl: string; files: [string, string]; columns: [string[], string[]] }>({
    examples: [{ ...SHARED_ETL, columns: [['tier'], []] }],
    says: ({ columns, ...shared }) =>
      etlShared(
        shared,
        'but it wants all of its columns in every file (contract.etlColumns: all), and they send others: ' +
          columns.map((names) => names.join(', ') || 'none').join(' and '),
      ),
  }),
};

function alike(other: string | undefined): string {
  return other === undefined
    ? ''
    : `, as "${other}": names that differ only in case, accents or blanks may be one in Actito or on the file server`;
}

function etlShared({ etl, files }: { etl: string; files: [string, string] }, but: string): string {
  return `ETL ${etl} is shared by ${files.join(' and ')}, ${but}. Define an ETL of its own in Actito`;
}
