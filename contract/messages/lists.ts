import { advise, failure, message } from './message.ts';

export interface Handmade {
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
const HANDMADE: Handmade = {
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

/** What makes the place of a list, in words. */
const PLACE = {
  list: 'the list',
  file: 'the file',
  identifier: 'the identifier',
  folder: 'the folder',
  server: 'the server',
  profileTable: 'the profile table',
  entity: 'the entity',
  licence: 'the licence',
};
export type ListPlacePart = keyof typeof PLACE;
const PLACE_PARTS = Object.keys(PLACE) as ListPlacePart[];

/** A part of a list's place that is not what it was; null: it was not recorded. */
export interface PlaceChange {
  part: ListPlacePart;
  was: string | null;
  is: string | null;
}

/** What is said of external target lists, and of what must have been set up in Actito for them. */
export const LIST_MESSAGES = {
  listRenamed: message<{ from: string; to: string; formerFile?: string; file: string }>({
    examples: [
      { from: 'VIPs', to: 'VIP customers', file: 'vip.csv' },
      { from: 'VIPs', to: 'VIP customers', formerFile: 'vips.csv', file: 'vip.csv' },
    ],
    says: ({ from, to, formerFile, file }) =>
      `Renamed in Actito: the external target list "${from}" is now "${to}"; campaigns that target it go on.` +
      (formerFile === undefined
        ? ''
        : ` It now reads ${file}; ${formerFile} stays on the file server and is not read any more.`),
  }),
  listNotFed: message<{ list: string; ours: boolean; expires?: string; held: boolean }>({
    examples: [
      { list: 'VIPs', ours: true, expires: '2026-01-31', held: true },
      { list: 'VIPs', ours: false, held: true },
      { list: 'VIPs', ours: true, held: false },
    ],
    says: ({ list, ours, expires, held }) =>
      `The external target list "${list}" also carries the marker of this activation and ` +
      (ours
        ? 'is not fed any more. '
        : 'is not fed from here (perhaps from another project, by an activation of the same id). ') +
      untilWhen(expires, held),
    next: () => advise('Delete it in Actito when no campaign needs it.'),
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
      `Since the last delivery (${deliveredAt}), ${changes.map(placeChangeInWords).join(', ')}. What Actito read until then is not fed any more: ` +
      `the external target list "${list}" expires around ${expires} and then targets nobody, unless it is made to read ` +
      `${file} from where it lies now. The old file is left on its server.`,
  }),
  listHandmade: message<Handmade>({
    examples: [HANDMADE, { ...HANDMADE, location: 'Warehouse' }],
    says: ({ list, profileTable, identifier, hours, file, location, protocol, host, directory, separator }) =>
      `Must have been set up in Actito, and cannot be read from here: the external target list "${list}" of profile table ` +
      `${profileTable}, identified by ${identifier}, valid for ${hours} hours; its file ${file}, from the file transfer ` +
      `location ${location ? `"${location}" (${protocol} ${host}, folder ${directory})` : `for ${protocol} ${host}, folder ${directory}`}: ` +
      `CSV, UTF-8 without BOM, separator "${separator}", one column with the header ${identifier}.`,
  }),
  retrievalNotAsked: message({
    examples: [{}],
    says: () => 'Whether Actito retrieved the file is not asked:',
    next: () =>
      advise(
        'see the expiration date of the list in a targeting (expert mode, module "File"), or set ' +
          'contract.listConfirmation: fileDisappears if Actito removes the files that it has read.',
      ),
  }),
  etlRequired: message<EtlFacts>({
    examples: [ETL_EXAMPLE],
    says: etlRequirements,
  }),
  listNotOwned: failure('ListConflict', {
    examples: [{ list: 'VIP customers', activation: 'vip-customers' }],
    says: ({ list, activation }) =>
      `Actito has a list named "${list}" that activation ${activation} does not own.`,
    next: () =>
      advise(
        'Choose another list.name, or take it over with list.adopt: true (its content will be replaced).',
      ),
  }),
  listOwnedByOther: failure('ListConflict', {
    examples: [{ list: 'VIP customers', activation: 'vip-customers', owner: 'vips' }],
    says: ({ list, activation, owner }) =>
      `Actito has a list named "${list}" that belongs to activation ${owner}, not to ${activation}.`,
    next: ({ activation, owner }) =>
      advise(
        `If the file of ${owner} was renamed to ${activation}.yaml, take the list over with list.adopt: true; if not, ` +
          'choose another list.name.',
      ),
  }),
  listReadsOtherFile: failure('ListConflict', {
    examples: [{ list: 'VIP customers', activation: 'vip-customers', file: 'vip-customers.csv' }],
    says: ({ list, activation, file }) =>
      `Actito's list "${list}" carries the marker of activation ${activation}, but reads another file than ${file}: ` +
      `perhaps another project has an activation ${activation}, too.`,
    next: () =>
      advise(
        'Choose another list.name, or take the list over with list.adopt: true (then that file is not read any more).',
      ),
  }),
  listRenamingRefused: failure('ActitoRefused', {
    examples: [{ list: 'VIPs', wanted: 'VIP customers', failure: 'Actito answered 400 to PUT list.' }],
    says: ({ list, wanted, failure: cause }) =>
      `The list "${list}" of this activation should now be called "${wanted}", and Actito refuses: ${cause}`,
    next: () => advise('Rename it by hand in Actito, or give list.name its old value.'),
  }),
  listsUnreadable: failure('ActitoRefused', {
    examples: [{ failure: 'Actito answered 404 to GET lists.' }],
    says: ({ failure: cause }) => `The external target lists of this licence cannot be read: ${cause}`,
    next: () => advise('Activations with list.provision: existing do not need it.'),
  }),
  fileLocationUnclear: failure('ConfigurationInvalid', {
    examples: [
      { wanted: 'sftp.example.com /in', found: 0, locations: ['Warehouse', 'Shop'] },
      { wanted: 'Warehouse', found: 2, locations: ['Warehouse', 'Warehouse'] },
      { wanted: 'Warehouse', found: 0, locations: [] },
    ],
    says: ({ wanted, found, locations }) =>
      `Actito has ${found === 0 ? 'no' : 'several'} file transfer locations for ${wanted}; ` +
      `it has ${locations.join(', ') || 'none'}.`,
    next: () => advise("Name the right one in the destination's delivery.location."),
  }),
};

/** What an ETL has to be. */
export interface EtlFacts {
  etl: string;
  profileTable: string;
  entity: string;
  key: string;
  separator: string;
  columns: string[];
  /** A file may leave out any column but the first. */
  some: boolean;
}

/** In words; also a part of other messages. */
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
    `UPDATE_ONLY, match on ${key}, and read CSV in UTF-8 with separator "${separator}" and a header line of the technical ` +
    `names ${columns.join(', ')}${some ? ' (a file may leave out any but the first)' : ''}. In another mode it would ` +
    'create profiles, or change nothing; actito-sync cannot read it.'
  );
}

function untilWhen(expires: string | undefined, held: boolean): string {
  if (expires !== undefined) return `What it holds is valid until ${expires}.`;
  return held ? 'When it expires is not known.' : 'It has never held anyone.';
}

/** E.g. `the list was "VIP" and is "Best"`. */
export function placeChangeInWords({ part, was, is }: PlaceChange): string {
  const quoted = (value: string | null) => (value === null ? 'not recorded' : JSON.stringify(value));
  return `${PLACE[part]} was ${quoted(was)} and is ${quoted(is)}`;
}
