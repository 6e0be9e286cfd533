/** The kinds of value a CUSTOM attribute can hold. */
export const VALUE_TYPES = ['STRING', 'INTEGER', 'LONG', 'NUMBER', 'BOOLEAN', 'DATE', 'TIMESTAMP'] as const;
export type ValueType = (typeof VALUE_TYPES)[number];

/** Types with a format in Actito's documentation that no known table uses. */
type Assumed = 'PHONE_NUMBER' | 'COUNTRY' | 'PERSON_TITLE';

/** An attribute as the structure routes show it. Predefined ones carry no `valueType`. */
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

/** Actito's longest string. */
export const LONGEST_STRING = 255;

/** The mobile phone: its values are phone numbers, although its type is STRING. */
export const PHONE = 'gsmNumber';

/** Attributes that Actito writes itself; they are the first ones of every contact. */
export const TECHNICAL = ['profileId', 'creationMoment', 'updateMoment'] as const;

/** Completes a CUSTOM attribute like Actito. */
export function custom(name: string, valueType: ValueType, more: Partial<Attribute> = {}): Attribute {
  return { type: 'CUSTOM', name, unique: false, mandatory: false, valueType, multiValued: false, ...more };
}

function predefined(type: Attribute['type'], name: string, more: Partial<Attribute> = {}): Attribute {
  return { type, name, unique: false, mandatory: false, ...more };
}

/** The attributes of a usual profile table. `uniquePhone`: whether `gsmNumber` is unique. */
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

/** The usual attributes, and `attributes` beyond them or instead of those of the same name. */
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
