import type { Case } from './case.ts';

export const ACTIVATIONS: Case[] = [
  ['type: email', 'type: mobile', ':8 matchingKey.type: expected email, phone or externalId, got "mobile"'],
  [
    'type: email',
    'type: email\n  country: BE',
    ':9 matchingKey.country: expected no country here, since only phone numbers have one (type: phone), got "BE"',
  ],
  ...Object.entries({
    be: ' (did you mean BE?)',
    UK: ' (did you mean GB?)',
    Belgium: ' (did you mean BE?)',
    BEL: '',
    EU: '',
  }).map(([country, hint]): Case => [
    'type: email',
    `type: phone\n  country: ${country}`,
    `:9 matchingKey.country: expected a country by its two capital letters, such as BE${hint}, got "${country}"`,
  ]),
  [
    'type: email',
    'type: phone\n  country: 32',
    ':9 matchingKey.country: expected a country by its two capital letters, such as BE, got 32',
  ],
  [
    'list:',
    'importMode: oneshot\nlist:',
    ':12 importMode: expected oneShot, or { etl: <id of the ETL in Actito> }, got "oneshot"',
  ],
  ['list:', 'importMode: { etl: 12, mode: UPDATE_ONLY }\nlist:', ':12 importMode.mode: unknown setting'],
  [
    'list:',
    'importMode: { etl: "" }\nlist:',
    ':12 importMode.etl: expected a text that is not empty, got ""',
  ],
  ['validity: 48h', 'provision: manual', ':13 list.provision: expected api or existing, got "manual"'],
  ['validity: 48h', 'identifier: { column: id }', ':13 list.identifier.attribute: missing, expected a text'],
  ['source: shop\n', '', ':1 source: missing, expected a text'],
  ['source: shop', 'source: shpo', ':1 source: there is no source "shpo", did you mean "shop"?'],
  ['source: shop', 'source: bigquery', ':1 source: there is no source "bigquery" (known: shop)'],
  [
    'tion: actito',
    'tion: actitto',
    ':2 destination: there is no destination "actitto", did you mean "actito"?',
  ],
  ['list:', 'lists:', ':12 lists: unknown setting, did you mean "list"?'],
  ['validity', 'Validity', ':13 list.Validity: unknown setting, did you mean "validity"?'],
  [
    'validity',
    'colour',
    ':13 list.colour: unknown setting (known: name, identifier, validity, provision, adopt, fileName)',
  ],
  [
    'query: select 1',
    'querry: select 1',
    ':3 segment: expected either query or table, one of the two',
    ':5 segment.querry: unknown setting, did you mean "query"?',
  ],
  [
    'query: select 1',
    'name2: x',
    ':3 segment: expected either query or table, one of the two',
    ':5 segment.name2: unknown setting (known: query, table)',
  ],
  [
    'query: select 1',
    'query: select 1\n  table: vip',
    ':3 segment: expected either query or table, one of the two',
  ],
  ['query: select 1', 'table: "a.b.c"', ':5 segment.table: expected table or schema.table, got "a.b.c"'],
  ['query: select 1', 'query: 1', ':5 segment.query: expected a text'],
  ['name: VIP', 'name: ""', ':4 segment.name: expected a text that is not empty, got ""'],
  ['name: VIP', 'name:', ':4 segment.name: expected a text, got nothing'],
  [
    '48h',
    '2 fortnights',
    ':13 list.validity: expected a duration such as 15m, 48h or 2 days, got "2 fortnights"',
  ],
  ['48h', '48', ':13 list.validity: expected a duration such as 15m, 48h or 2 days, got 48'],
  [
    'validity: 48h',
    'fileName: in/vip.csv',
    ':13 list.fileName: expected a file name without folders; {list} stands for the name of the list, got "in/vip.csv"',
  ],
  ['validity: 48h', 'adopt: "yes"', ':13 list.adopt: expected true or false, got "yes"'],
  [
    'attribute: firstName',
    'attribute: first name',
    ':11 attributes[0].attribute: expected an attribute\'s technical name (letters, digits, underscore), got "first name"',
  ],
  [
    'attribute: firstName',
    'attribute: updateMoment',
    ':11 attributes[0].attribute: expected an attribute that is not one of Actito\'s own (profileId, creationMoment, updateMoment), got "updateMoment"',
  ],
  [
    'attribute: firstName',
    'attribute: firstName, nulls: drop',
    ':11 attributes[0].nulls: expected keep or clear, got "drop"',
  ],
  [
    'attribute: firstName',
    'attribute: firstName, create: { type: TEXT }',
    ':11 attributes[0].create.type: expected STRING, INTEGER, LONG, NUMBER, BOOLEAN, DATE, TIMESTAMP, got "TEXT"',
  ],
  [
    'attribute: firstName',
    'attribute: firstName, create: { type: STRING, maxLength: 300 }',
    ':11 attributes[0].create.maxLength: expected at most 255, got 300',
  ],
  [
    'attribute: firstName',
    'attribute: emailAddress',
    ':11 attributes[0].attribute: "emailAddress" is the matching key; it finds the profile and is never written',
  ],
  [
    '- { column: first_name',
    '- { column: zip, attribute: zip }\n  - { column: a, attribute: firstName }\n  - { column: first_name',
    ':13 attributes[2].attribute: "firstName" is mapped by attributes[1] already',
  ],
  [
    '- { column: first_name',
    '- { colunm: first_name',
    ':11 attributes[0].column: missing, expected a text',
    ':11 attributes[0].colunm: unknown setting, did you mean "column"?',
  ],
  [
    'list:',
    'guards: { maxRemovedRatio: 30 }\nlist:',
    ':12 guards.maxRemovedRatio: expected at most 1, got 30',
  ],
  [
    'list:',
    'guards: { maxRemoveRatio: 0.3 }\nlist:',
    ':12 guards.maxRemoveRatio: unknown setting, did you mean "maxRemovedRatio"?',
  ],
  [
    'list:',
    'description: |\n  two\n  lines\nlist: []\nguards:',
    ':15 list: expected a group of settings',
    ':17 guards.validity: unknown setting (known: maxRemovedRatio, maxRemoved, maxAddedRatio, maxChangedRatio, allowEmpty, maxRejectedRatio, freshness, assertions)',
  ],
  [
    'list:',
    'guards: { freshness: { query: select 1, maxAge: a day } }\nlist:',
    ':12 guards.freshness.maxAge: expected a duration such as 15m, 48h or 2 days',
  ],
  [
    'list:',
    'guards: { assertions: [{ query: select 1 }] }\nlist:',
    ':12 guards.assertions[0].message: missing, expected a text',
  ],
];
