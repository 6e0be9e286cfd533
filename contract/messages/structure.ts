import { advise, failure, type Facts, type Next, type Told } from './message.ts';
import { orNear } from './words.ts';

export interface KeyAttribute {
  setting: string;
  activation: string;
  attribute: string;
  profileTable: string;
  /** What could be matched on instead. */
  unique: string[];
}
const KEY: KeyAttribute = {
  setting: 'matchingKey.attribute',
  activation: 'vip-customers',
  attribute: 'email',
  profileTable: 'Customers',
  unique: ['emailAddress', 'profileId'],
};

export interface Unfit {
  profileTable: string;
  activation: string;
  problems: Pick<Told, 'reason' | 'message'>[];
  /** Someone has to add an attribute in Actito. */
  missing: boolean;
}
const MISSING: Told = {
  reason: 'attributeMissing',
  facts: { attribute: 'tier', type: 'STRING', maxLength: 255 } satisfies Facts,
  next: [],
  message:
    'Attribute tier is missing. Add it as STRING of at most 255 characters, with one value, not mandatory, not unique.',
};
const CONFLICT: Told = {
  reason: 'attributeTypeConflict',
  facts: { attribute: 'points', profileTable: 'Customers', type: 'STRING', wanted: 'LONG' } satisfies Facts,
  next: [],
  message:
    'Attribute points of Customers has type STRING, the mapping wants LONG. Types never change in Actito: map to another ' +
    'attribute, or change create.type.',
};
const TABLE = { profileTable: 'Customers', activation: 'vip-customers' };

/** What is said of profile tables, their attributes and the columns that are mapped to them. */
export const STRUCTURE_MESSAGES = {
  profileTableUnknown: failure('ConfigurationInvalid', {
    examples: [{ entity: 'shop', profileTable: 'Custmers', tables: ['Customers', 'Prospects'] }],
    says: ({ entity, profileTable, tables }) =>
      `Entity ${entity} has no profile table ${profileTable}; it has ${tables.join(', ')}.`,
  }),
  structureUnfit: failure<Unfit>('MappingInvalid', {
    examples: [{ ...TABLE, problems: [MISSING, CONFLICT], missing: true }],
    says: unfit,
    next: ({ profileTable, missing }) => (missing ? whereToAdd(profileTable) : []),
  }),
  attributesConflict: failure<Unfit>('AttributeConflict', {
    examples: [{ ...TABLE, problems: [CONFLICT, CONFLICT], missing: false }],
    says: unfit,
  }),
  keyNotUnique: failure<KeyAttribute>('MappingInvalid', {
    examples: [KEY],
    says: ({ setting, activation, attribute, profileTable }) =>
      `${setting} of ${activation}: ${attribute} is not unique in profile table ${profileTable}, so that it cannot tell ` +
      'profiles apart.',
    next: uniqueAttributes,
  }),
  keyUnknown: failure<KeyAttribute & { near?: string }>('MappingInvalid', {
    examples: [KEY, { ...KEY, near: 'emailAddress' }],
    says: ({ setting, activation, attribute, profileTable, near }) =>
      `${setting} of ${activation}: ${attribute} does not exist in profile table ${profileTable}${orNear(near, '.')}`,
    next: uniqueAttributes,
  }),
  attributeUnknown: failure<{
    profileTable: string;
    attribute: string;
    activation: string;
    near?: string;
    attributes: string[];
  }>('MappingInvalid', {
    examples: [
      { ...TABLE, attribute: 'teir', near: 'tier', attributes: ['emailAddress', 'tier'] },
      { ...TABLE, attribute: 'points', attributes: ['emailAddress', 'tier'] },
    ],
    says: ({ profileTable, attribute, activation, near }) =>
      `Profile table ${profileTable} has no attribute ${attribute}, which ${activation} maps${orNear(near, '.')}`,
    next: ({ attributes }) =>
      advise(
        'Correct the name, or let actito-sync create it with create: { type: … }. ' +
          `It has ${attributes.join(', ')}.`,
      ),
  }),
  attributeMissing: failure<{
    attribute: string;
    near?: string;
    type: string;
    maxLength?: number;
    /** Where to add it: told only with the first of several. */
    addTo?: string;
  }>('MappingInvalid', {
    examples: [
      { attribute: 'tier', type: 'STRING', maxLength: 255, addTo: 'Customers' },
      { attribute: 'points', near: 'Points', type: 'LONG' },
    ],
    says: ({ attribute, near }) => `Attribute ${attribute} is missing${orNear(near, '.')}`,
    next: ({ type, maxLength, addTo }) => [
      ...advise(
        `Add it as ${type}${maxLength === undefined ? '' : ` of at most ${maxLength} characters`}, with one value, not ` +
          'mandatory, not unique.',
      ),
      ...(addTo === undefined ? [] : whereToAdd(addTo)),
    ],
  }),
  attributeNotWritable: failure('MappingInvalid', {
    examples: [{ attribute: 'profileId', profileTable: 'Customers' }],
    says: ({ attribute, profileTable }) =>
      `Attribute ${attribute} of ${profileTable} is not one that actito-sync can write.`,
  }),
  attributeTypeConflict: failure('AttributeConflict', {
    examples: [{ attribute: 'points', profileTable: 'Customers', type: 'STRING', wanted: 'LONG' }],
    says: ({ attribute, profileTable, type, wanted }) =>
      `Attribute ${attribute} of ${profileTable} has type ${type}, the mapping wants ${wanted}.`,
    next: () => advise('Types never change in Actito: map to another attribute, or change create.type.'),
  }),
  attributeTypeUnknown: failure('MappingInvalid', {
    examples: [{ attribute: 'place', profileTable: 'Customers', type: 'GEO' }],
    says: ({ attribute, profileTable, type }) =>
      `Attribute ${attribute} of ${profileTable} has type ${type}, which is not known here.`,
  }),
  attributeNotShown: failure('ActitoUnavailable', {
    examples: [{ attribute: 'tier' }],
    says: ({ attribute }) => `Attribute ${attribute} was created but Actito does not show it yet.`,
  }),
  columnNotSendable: failure('MappingInvalid', {
    examples: [{ column: 'payload', databaseType: 'jsonb' }],
    says: ({ column, databaseType }) =>
      `Column "${column}" has type ${databaseType}, which cannot be sent to Actito.`,
    next: () =>
      advise(
        'In the segment, cast it to a plain type or take one value out of it, e.g. payload->>\'city\' as "city".',
      ),
  }),
  columnUnfit: failure('MappingInvalid', {
    examples: [{ column: 'active', databaseType: 'boolean', type: 'DATE', takes: ['date', 'text'] }],
    says: ({ column, databaseType, type, takes }) =>
      `Column "${column}" has type ${databaseType}, which cannot become a value of type ${type} in Actito ` +
      `(that takes ${takes.join(', ')}).`,
    next: () => advise('Cast it in the segment, or map it to another attribute.'),
  }),
  timezoneMissing: failure('MappingInvalid', {
    examples: [
      { column: 'born', databaseType: 'timestamp with time zone', type: 'DATE' },
      { column: 'ordered', databaseType: 'timestamp without time zone', type: 'TIMESTAMP' },
    ],
    says: ({ column, databaseType, type }) =>
      `Column "${column}" has type ${databaseType}: ` +
      (type === 'DATE'
        ? 'on which date a moment is depends on a time zone, and the mapping has none.'
        : 'which moment it is depends on a time zone, and the mapping has none.'),
    next: ({ column, type }) =>
      advise(
        'Set timezone, for example to Europe/Brussels, in project.yaml, in the activation or at the attribute; or say it in ' +
          `the segment: ${type === 'DATE' ? `("${column}" at time zone 'Europe/Brussels')::date` : `"${column}" at time zone 'UTC'`}.`,
      ),
  }),
};

function unfit({ profileTable, activation, problems }: Unfit): string {
  const lines = problems.map(({ message }) => `- ${message}`);
  return [`Profile table ${profileTable} does not fit activation ${activation}:`, ...lines].join('\n');
}

function uniqueAttributes({ unique }: KeyAttribute): Next[] {
  return advise(`Unique attributes are ${unique.join(', ')}.`);
}

/** D: Actito's user guide, "Adding attributes". */
function whereToAdd(profileTable: string): Next[] {
  return advise(
    `Attributes are added in Actito's app "Profile tables structure" (Apps > Data; in older licences Catalog > ` +
      `Profiles > Manage DB structures): choose ${profileTable}, Update, + Add. It takes the rights of an Admin or Advanced user, ` +
      'and the technical name exactly as written here: name and type can never be changed.',
  );
}
