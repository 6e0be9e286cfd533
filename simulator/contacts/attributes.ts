/** The types that a CUSTOM attribute can have. */
export const VALUE_TYPES = ['STRING', 'INTEGER', 'LONG', 'NUMBER', 'BOOLEAN', 'DATE', 'TIMESTAMP'] as const;
export type ValueType = (typeof VALUE_TYPES)[number];

/** Types whose format Actito documents, but that no known table uses. */
type Assumed = 'PHONE_NUMBER' | 'COUNTRY' | 'PERSON_TITLE';

/** An attribute as the structure routes return it. Predefined attributes have no `valueType`. */
export interface Attribute {
  type:
    'CUSTOM' | 'LASTNAME' | 'FIRSTNAME' | 'BIRTHDATE' | 'SEX' | 'MOTHER_LANGUAGE' | 'EMAIL_ADDRESS' | Assumed;
  name: string;
  unique: boolean;
  mandatory: boolean;
  valueType?: ValueType;
  multiValued?: boolean;
  valueRestriction?: { maxLength?: number; minLength?: number };
}

/** The maximum length of a string in Actito. */
export const LONGEST_STRING = 255;

/** The mobile phone attribute. Its values are phone numbers, although its type is STRING. */
export const PHONE = 'gsmNumber';

/** Attributes that Actito maintains itself. They are the first ones of every contact. */
export const TECHNICAL = ['profileId', 'creationMoment', 'updateMoment'] as const;

/** Completes a CUSTOM attribute with Actito's defaults. */
export function custom(name: string, valueType: ValueType, more: Partial<Attribute> = {}): Attribute {
  return { type: 'CUSTOM', name, unique: false, mandatory: false, valueType, multiValued: false, ...more };
}

function predefined(type: Attribute['type'], name: string, more: Partial<Attribute> = {}): Attribute {
  return { type, name, unique: false, mandatory: false, ...more };
}

/** Returns the attributes of a typical profile table. `uniquePhone`: whether `gsmNumber` is unique. */
export function usualAttributes({ uniquePhone = false } = {}): Attribute[] {
  const text = { valueRestriction: { maxLength: LONGEST_STRING } };
  return [
    custom('profileId', 'INTEGER', { unique: true, mandatory: true }),
    custom('creationMoment', 'TIMESTAMP', { mandatory: true }),
    custom('updateMoment', 'TIMESTAMP', { mandatory: true }),
    predefined('LASTNAME', 'lastName', text),
    predefined('FIRSTNAME', 'firstName', text),
    predefined('BIRTHDATE', 'birthDate'),
    predefined('SEX', 'sex'),
    predefined('MOTHER_LANGUAGE', 'motherLanguage'),
    predefined('EMAIL_ADDRESS', 'emailAddress', { unique: true, mandatory: true, ...text }),
    custom(PHONE, 'STRING', { unique: uniquePhone, ...text }),
    custom('customerId', 'STRING', { unique: true, ...text }),
    custom('country', 'STRING', text),
    custom('city', 'STRING', text),
  ];
}

/** Returns the typical attributes and `attributes`, which replace those of the same name. */
export function allAttributes({
  attributes = [],
  uniquePhone,
}: {
  attributes?: Attribute[];
  uniquePhone?: boolean;
}): Attribute[] {
  const own = new Map(attributes.map((attribute) => [attribute.name, attribute]));
  const usual = usualAttributes({ uniquePhone }).map((attribute) => own.get(attribute.name) ?? attribute);
  const names = new Set(usual.map(({ name }) => name));
  return [...usual, ...attributes.filter(({ name }) => !names.has(name))];
}
