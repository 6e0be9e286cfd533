import { advise, failure, type Facts, type Next, type Told } from './message.ts';
import { orNear } from './words.ts';

export interface KeyAttribute {
  setting: string;
  activation: string;
  attribute: string;
  profileTable: string;
  /** Alternatives for the matching key. */
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
  /** An attribute must be added in Actito. */
  missing: boolean;
}
const MISSING: Told = {
  reason: 'attributeMissing',
  facts: { attribute: 'tier', type: 'STRING', maxLength: 255 } satisfies Facts,
  next: [],
  message:
    'Attribute tier is missing. Add it with type STRING (at most 255 characters), single-valued, neither mandatory nor unique.',
};
const CONFLICT: Told = {
  reason: 'attributeTypeConflict',
  facts: { attribute: 'points', profileTable: 'Customers', type: 'STRING', wanted: 'LONG' } satisfies Facts,
  next: [],
  message:
    'Attribute points of Customers has type STRING; the mapping requires LONG. Actito cannot change a type: map to another ' +
    'attribute, or change create.type.',
};
const TABLE = { profileTable: 'Customers', activation: 'vip-customers' };

/** Messages about profile tables, their attributes and the columns that are mapped to them. */
export const STRUCTURE_MESSAGES = {
  profileTableUnknown: failure('ConfigurationInvalid', {
    examples: [{ entity: 'shop', profileTable: 'Custmers', tables: ['Customers', 'Prospects'] }],
    says: ({ entity, profileTable, tables }) =>
      `Entity ${entity} has no profile table ${profileTable}. Its profile tables are ${tables.join(', ')}.`,
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
      `${setting} of ${activation}: ${attribute} is not unique in profile table ${profileTable}, so it cannot identify a ` +
      'profile.',
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
        'Correct the name, or create the attribute with create: { type: … }. ' +
          `Existing attributes are ${attributes.join(', ')}.`,
      ),
  }),
  attributeMissing: failure<{
    attribute: string;
    near?: string;
    type: string;
    maxLength?: number;
    /** Where to add it; only with the first of several. */
    addTo?: string;
  }>('MappingInvalid', {
    examples: [
      { attribute: 'tier', type: 'STRING', maxLength: 255, addTo: 'Customers' },
      { attribute: 'points', near: 'Points', type: 'LONG' },
    ],
    says: ({ attribute, near }) => `Attribute ${attribute} is missing${orNear(near, '.')}`,
    next: ({ type, maxLength, addTo }) => [
      ...advise(
        `Add it with type ${type}${maxLength === undefined ? '' : ` (at most ${maxLength} characters)`}, single-valued, neither ` +
          'mandatory nor unique.',
      ),
      ...(addTo === undefined ? [] : whereToAdd(addTo)),
    ],
  }),
  attributeNotWritable: failure('MappingInvalid', {
    examples: [{ attribute: 'profileId', profileTable: 'Customers' }],
    says: ({ attribute, profileTable }) => `Attribute ${attribute} of ${profileTable} cannot be written.`,
  }),
  attributeTypeConflict: failure('AttributeConflict', {
    examples: [{ attribute: 'points', profileTable: 'Customers', type: 'STRING', wanted: 'LONG' }],
    says: ({ attribute, profileTable, type, wanted }) =>
      `Attribute ${attribute} of ${profileTable} has type ${type}; the mapping requires ${wanted}.`,
    next: () => advise('Actito cannot change a type: map to another attribute, or change create.type.'),
  }),
  attributeTypeUnknown: failure('MappingInvalid', {
    examples: [{ attribute: 'place', profileTable: 'Customers', type: 'GEO' }],
    says: ({ attribute, profileTable, type }) =>
      `Attribute ${attribute} of ${profileTable} has the unknown type ${type}.`,
  }),
  attributeNotShown: failure('ActitoUnavailable', {
    examples: [{ attribute: 'tier' }],
    says: ({ attribute }) => `Attribute ${attribute} was created, but Actito does not return it yet.`,
  }),
  columnNotSendable: failure('MappingInvalid', {
    examples: [{ column: 'payload', databaseType: 'jsonb' }],
    says: ({ column, databaseType }) =>
      `Column "${column}" has type ${databaseType}, which cannot be sent to Actito.`,
    next: () =>
      advise(
        'In the segment, cast it to a simple type or extract one value, such as payload->>\'city\' as "city".',
      ),
  }),
  columnUnfit: failure('MappingInvalid', {
    examples: [{ column: 'active', databaseType: 'boolean', type: 'DATE', takes: ['date', 'text'] }],
    says: ({ column, databaseType, type, takes }) =>
      `Column "${column}" has type ${databaseType}, which cannot be converted to ${type} in Actito ` +
      `(allowed: ${takes.join(', ')}).`,
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
        ? 'its date depends on a time zone, and the mapping has none.'
        : 'its point in time depends on a time zone, and the mapping has none.'),
    next: ({ column, type }) =>
      advise(
        'Set timezone (for example Europe/Brussels) in project.yaml, in the activation or for the attribute, or convert the ' +
          `column in the segment: ${type === 'DATE' ? `("${column}" at time zone 'Europe/Brussels')::date` : `"${column}" at time zone 'UTC'`}.`,
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

/** D (documented): Actito's user guide, "Adding attributes". */
function whereToAdd(profileTable: string): Next[] {
  return advise(
    `In Actito, open the app "Profile tables structure" (Apps > Data; in older licenses Catalog > Profiles > Manage DB ` +
      `structures) as an Admin or Advanced user: choose ${profileTable}, Update, + Add. Enter the technical name exactly as ` +
      'written here; name and type can never be changed.',
  );
}
