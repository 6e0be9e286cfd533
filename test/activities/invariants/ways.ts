import type { SimulatorOptions } from '../../../simulator/start.ts';
import { profilesSetting } from '../../support/exported.ts';
import { LIST, usualActivation, type Stand } from '../../support/stand.ts';
import { CONTACTS, STRANGERS } from './history.ts';

/** One way to match, deliver, import and provision. */
export interface Way {
  simulator?: SimulatorOptions;
  /** The key in Actito, and its spelling in the warehouse. */
  attribute: 'emailAddress' | 'gsmNumber' | 'customerId';
  canonical: (name: string) => string;
  spelled: (name: string) => string;
  activation?: Record<string, unknown>;
  /** Changes of the destination, derived from the running stand. */
  destination?: (stand: Stand) => Record<string, unknown>;
  /** What a marketer sets up in Actito beforehand. */
  prepare?: (stand: Stand) => unknown;
  /** What Actito does before each run. */
  beforeRun?: (stand: Stand) => Promise<unknown>;
  /** The possible members of the segment. */
  names: string[];
  /** A null clears the city, or keeps it if Actito ignores empty fields. */
  clearsCity: boolean;
  onlyDocumentedRoutes?: boolean;
}

const email = {
  attribute: 'emailAddress',
  canonical: (name: string) => `${name}@shop.be`,
  spelled: (name: string) => ` ${name.toUpperCase()}@Shop.BE`,
} as const;

/** One Belgian number for each name, each in another spelling. */
const digit = (name: string) => [...CONTACTS, ...STRANGERS].indexOf(name);
const SPELLINGS = [
  (n: number) => `+3247012345${n}`,
  (n: number) => `0470 12 34 5${n}`,
  (n: number) => `0032 470/12.34.5${n}`,
  (n: number) => `+32 (0)470-12-34-5${n}`,
];
const phone = {
  attribute: 'gsmNumber',
  canonical: (name: string) => `+3247012345${digit(name)}`,
  spelled: (name: string) => SPELLINGS[digit(name) % SPELLINGS.length]!(digit(name)),
} as const;

const ftps = ({ actito }: Stand) => {
  const { host, port, username, directory } = actito.ftps!;
  const secrets = { password: { env: 'FTPS_PASSWORD' }, ca: { env: 'FTPS_CA' } };
  return { protocol: 'ftps', host, port, username, directory, ...secrets };
};

const etl = (attribute: string, columnsPolicy: 'subset' | 'all') => ({
  id: '7',
  key: attribute,
  columnsPolicy,
  columns: { [attribute]: attribute, firstName: 'firstName', spent: 'spent', city: 'city' },
});
const { attributes } = usualActivation() as { attributes: object[] };

export const WAYS = {
  'e-mail, SFTP, one-shot imports, a list that we make': {
    ...email,
    names: [...CONTACTS, ...STRANGERS],
    clearsCity: true,
  },
  'phone numbers, FTPS': {
    ...phone,
    simulator: { ftpsPort: 0, uniquePhone: true },
    activation: {
      matchingKey: { column: 'phone', type: 'phone', attribute: 'gsmNumber', defaultCountry: 'BE' },
    },
    destination: (stand) => ({ delivery: ftps(stand) }),
    names: [...CONTACTS, ...STRANGERS],
    clearsCity: true,
  },
  'a pre-defined ETL, list and attributes made by a marketer, documented routes only': {
    ...email,
    simulator: { assumedRoutes: 404 },
    activation: { importMode: { etl: '7' }, list: { provision: 'existing' } },
    destination: () => ({ contract: { rowResults: 'none' } }),
    prepare: ({ actito }) => {
      actito.createList({ name: LIST });
      actito.createAttribute({ name: 'spent', valueType: 'NUMBER' });
      actito.createEtl(etl('emailAddress', 'subset'));
    },
    names: CONTACTS, // without row results, one unknown member would leave a whole file unexplained for a day
    clearsCity: true,
    onlyDocumentedRoutes: true,
  },
  'a list of profile IDs, resolved by the profile directory, documented routes only': {
    ...email,
    simulator: { assumedRoutes: 404, listIdentifiers: 'profileId' },
    activation: { importMode: { etl: '7' }, list: { provision: 'existing', identifier: 'profileId' } },
    destination: () => ({
      contract: { rowResults: 'none' },
      // Exports of the same second have the same name, so the last one cannot be read when it should be too old.
      profiles: profilesSetting({ file: 'profiles_$yyyyMMddHHmmss.csv' }, { maxAge: '30 days' }),
    }),
    prepare: async ({ actito }) => {
      actito.createList({ name: LIST }); // it shows email addresses, whatever its file contains
      actito.createAttribute({ name: 'spent', valueType: 'NUMBER' });
      actito.createEtl(etl('emailAddress', 'subset'));
      const columns = { profileId: 'profileId', emailAddress: 'emailAddress' };
      actito.createExport({ name: 'full', kind: 'full', fileName: 'full_$yyyyMMdd.csv', columns });
      const daily = { kind: 'daily', fileName: 'profiles_$yyyyMMddHHmmss.csv', hour: null } as const;
      actito.createExport({ name: 'daily', ...daily, columns });
      await actito.exportNow('full');
    },
    beforeRun: ({ actito }) => actito.exportNow('daily'),
    names: [...CONTACTS, ...STRANGERS], // they have no profile, so they are in no file
    clearsCity: true,
    onlyDocumentedRoutes: true,
  },
  'external ids, FTPS, an ETL that wants all columns, empty values that are ignored': {
    attribute: 'customerId',
    canonical: (name) => `C-${name}`,
    spelled: (name) => `C-${name} `,
    simulator: { ftpsPort: 0, emptyValue: 'ignored' },
    activation: {
      matchingKey: { column: 'customer_id', type: 'externalId', attribute: 'customerId' },
      importMode: { etl: 7 },
      attributes: attributes.map((mapping) => ({ ...mapping, nulls: 'keep' })),
    },
    destination: (stand) => ({
      delivery: ftps(stand),
      contract: { etlColumns: 'all', emptyValue: 'ignored', listConfirmation: 'fileDisappears' },
    }),
    prepare: ({ actito }) => {
      actito.createAttribute({ name: 'spent', valueType: 'NUMBER' });
      actito.createEtl(etl('customerId', 'all'));
    },
    names: [...CONTACTS, ...STRANGERS],
    clearsCity: false,
  },
} satisfies Record<string, Way>;
