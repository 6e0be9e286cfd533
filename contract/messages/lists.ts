import { advise, failure, message } from './message.ts';
import { counted } from './words.ts';

export interface ListCreatedInActito {
  list: string;
  profileTable: string;
  identifier: string;
  hours: number;
  file: string;
  location?: string;
  protocol: string;
  host: string;
  directory: string;
  separator: string;
}
const EXISTING: ListCreatedInActito = {
  list: 'VIP customers',
  profileTable: 'Customers',
  identifier: 'emailAddress',
  hours: 48,
  file: 'vip-customers.csv',
  protocol: 'sftp',
  host: 'sftp.example.com',
  directory: '/in',
  separator: ';',
};

export const ETL_EXAMPLE: EtlFacts = {
  etl: '12',
  profileTable: 'Customers',
  entity: 'shop',
  key: 'emailAddress',
  separator: ';',
  columns: ['emailAddress', 'tier'],
  some: true,
};

/** The parts of a list's location, in words. */
const PLACE = {
  list: 'the list',
  file: 'the file',
  identifier: 'the identifier',
  folder: 'the folder',
  server: 'the server',
  profileTable: 'the profile table',
  entity: 'the entity',
  licence: 'the license',
};
export type ListPlacePart = keyof typeof PLACE;
const PLACE_PARTS = Object.keys(PLACE) as ListPlacePart[];

/** A part of a list's location that has changed; null: it was not recorded. */
export interface PlaceChange {
  part: ListPlacePart;
  was: string | null;
  is: string | null;
}

/** Messages about external target lists and their setup in Actito. */
export const LIST_MESSAGES = {
  listRenamed: message<{ from: string; to: string; formerFile?: string; file: string }>({
    examples: [
      { from: 'VIPs', to: 'VIP customers', file: 'vip.csv' },
      { from: 'VIPs', to: 'VIP customers', formerFile: 'vips.csv', file: 'vip.csv' },
    ],
    says: ({ from, to, formerFile, file }) =>
      `The external target list "${from}" was renamed to "${to}" in Actito; campaigns that target it are not affected.` +
      (formerFile === undefined
        ? ''
        : ` It now reads ${file}; ${formerFile} remains on the file server but is no longer read.`),
  }),
  listNotFed: message<{ list: string; ours: boolean; expires?: string; held: boolean }>({
    examples: [
      { list: 'VIPs', ours: true, expires: '2026-01-31', held: true },
      { list: 'VIPs', ours: false, held: true },
      { list: 'VIPs', ours: true, held: false },
    ],
    says: ({ list, ours, expires, held }) =>
      `The external target list "${list}" in Actito also has the marker of this activation, ` +
      (ours
        ? 'but is no longer updated. '
        : 'but is not updated by this project (another project may have an activation with the same id). ') +
      untilWhen(expires, held),
    next: () => advise('Delete it in Actito when no campaign uses it.'),
  }),
  listLeftBehind: message<{
    deliveredAt: string;
    changes: PlaceChange[];
    list: string;
    expires: string;
    file: string;
  }>({
    examples: [
      {
        deliveredAt: '2026-01-31T06:00:00.000Z',
        changes: PLACE_PARTS.map((part) => ({ part, was: 'VIP', is: part === 'list' ? 'Best' : null })),
        list: 'VIP',
        expires: '2026-02-02T06:00:00.000Z',
        file: 'Best.csv',
      },
    ],
    says: ({ deliveredAt, changes, list, expires, file }) =>
      `The list has moved since the last delivery (${deliveredAt}): ${changes.map(placeChangeInWords).join(', ')}. The external ` +
      `target list "${list}" is no longer updated: it expires around ${expires} and then targets nobody, unless you change it ` +
      `in Actito to read ${file} from the new location. The old file remains on its server.`,
  }),
  listCreatedInActito: message<ListCreatedInActito>({
    examples: [EXISTING, { ...EXISTING, location: 'Warehouse' }],
    says: ({ list, profileTable, identifier, hours, file, location, protocol, host, directory, separator }) =>
      `The external target list "${list}" must exist in Actito; actito-sync cannot check it. Its settings: profile table ` +
      `${profileTable}, identifier ${identifier}, validity ${counted(hours, 'hour')}, file ${file}, file transfer location ` +
      `${location ? `"${location}" (${protocol} ${host}, folder ${directory})` : `for ${protocol} ${host}, folder ${directory}`}, ` +
      `format CSV, UTF-8 without BOM, separator "${separator}", one column with the header ${identifier}.`,
  }),
  retrievalNotAsked: message({
    examples: [{}],
    says: () => 'actito-sync does not check whether Actito retrieved the file.',
    next: () =>
      advise(
        'Check the expiration date of the list in a targeting (expert mode, module "File"). If Actito removes files after ' +
          'reading them, set contract.listConfirmation: fileDisappears.',
      ),
  }),
  etlRequired: message<EtlFacts>({
    examples: [ETL_EXAMPLE],
    says: etlRequirements,
  }),
  listNotOwned: failure('ListConflict', {
    examples: [{ list: 'VIP customers', activation: 'vip-customers' }],
    says: ({ list, activation }) =>
      `Activation ${activation} does not own the existing list "${list}" in Actito.`,
    next: () =>
      advise(
        'Choose another list.name, or take the list over with list.adopt: true (its content is replaced).',
      ),
  }),
  listOwnedByOther: failure('ListConflict', {
    examples: [{ list: 'VIP customers', activation: 'vip-customers', owner: 'vips' }],
    says: ({ list, activation, owner }) =>
      `The list "${list}" in Actito belongs to activation ${owner}, not to ${activation}.`,
    next: ({ activation, owner }) =>
      advise(
        `If ${owner}.yaml was renamed to ${activation}.yaml, take the list over with list.adopt: true. Otherwise, choose ` +
          'another list.name.',
      ),
  }),
  listReadsOtherFile: failure('ListConflict', {
    examples: [{ list: 'VIP customers', activation: 'vip-customers', file: 'vip-customers.csv' }],
    says: ({ list, activation, file }) =>
      `The list "${list}" in Actito has the marker of activation ${activation}, but does not read the file ${file}. Another ` +
      'project may have an activation with the same id.',
    next: () =>
      advise(
        'Choose another list.name, or take the list over with list.adopt: true (it then stops reading the other file).',
      ),
  }),
  listRenamingRefused: failure('ActitoRefused', {
    examples: [{ list: 'VIPs', wanted: 'VIP customers', failure: 'Actito answered 400 to PUT list.' }],
    says: ({ list, wanted, failure: cause }) =>
      `The list "${list}" could not be renamed to "${wanted}": ${cause}`,
    next: () => advise('Rename it manually in Actito, or change list.name back.'),
  }),
  listsUnreadable: failure('ActitoRefused', {
    examples: [{ failure: 'Actito answered 404 to GET lists.' }],
    says: ({ failure: cause }) => `The external target lists of this license cannot be read: ${cause}`,
    next: () => advise('Activations with list.provision: existing do not need this access.'),
  }),
  fileLocationUnclear: failure('ConfigurationInvalid', {
    examples: [
      { wanted: 'sftp.example.com /in', found: 0, locations: ['Warehouse', 'Shop'] },
      { wanted: 'Warehouse', found: 2, locations: ['Warehouse', 'Warehouse'] },
      { wanted: 'Warehouse', found: 0, locations: [] },
    ],
    says: ({ wanted, found, locations }) =>
      `Actito has ${found === 0 ? 'no file transfer location' : `${found} file transfer locations`} for ${wanted}. ` +
      (locations.length === 0 ? 'It has none at all.' : `All locations: ${locations.join(', ')}.`),
    next: () => advise('Set the right one in delivery.location of the destination.'),
  }),
};

/** The settings that an ETL must have. */
export interface EtlFacts {
  etl: string;
  profileTable: string;
  entity: string;
  key: string;
  separator: string;
  columns: string[];
  /** Every column except the first is optional in a file. */
  some: boolean;
}

/** The settings in words; also part of other messages. */
export function etlRequirements({
  etl,
  profileTable,
  entity,
  key,
  separator,
  columns,
  some,
}: EtlFacts): string {
  return (
    `ETL ${etl} must be triggered by API, import into profile table ${profileTable} of entity ${entity} in mode ` +
    `UPDATE_ONLY, match on ${key}, and read UTF-8 CSV with separator "${separator}" and a header line with the technical ` +
    `names ${columns.join(', ')}${some ? ' (all but the first are optional in a file)' : ''}. In another mode, it would ` +
    'create profiles or change nothing.'
  );
}

function untilWhen(expires: string | undefined, held: boolean): string {
  if (expires !== undefined) return `Its content expires at ${expires}.`;
  return held ? 'Its expiration date is unknown.' : 'It has always been empty.';
}

/** E.g. `the list was "VIP" and is now "Best"`. */
export function placeChangeInWords({ part, was, is }: PlaceChange): string {
  const quoted = (value: string | null) => (value === null ? 'not recorded' : JSON.stringify(value));
  return `${PLACE[part]} was ${quoted(was)} and is now ${quoted(is)}`;
}
