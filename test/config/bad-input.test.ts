import { describe, expect, it } from 'vitest';
import { ACTIVATION, DESTINATION, problemsWith, SOURCE } from './folders.ts';

/** A wrong edit of a valid file (text found, text in its place), and all that is said about it: `line setting: …`. */
type Case = [found: string, replacement: string, ...problems: string[]];

const ACTIVATIONS: Case[] = [
  ['type: email', 'type: phone', ':8 matchingKey.type: expected email or externalId, got "phone"'],
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
    ':5 segment.name2: unknown setting, did you mean "name"?',
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
    'schedule: { timezone: Europe/Paris }\nlist:',
    ':12 schedule: expected either cron or every, one of the two',
  ],
  [
    'list:',
    'schedule: { cron: "0 6 * * *", timezone: Mars/Olympus }\nlist:',
    ':12 schedule.timezone: expected a time zone such as Europe/Paris, got "Mars/Olympus"',
  ],
  [
    'list:',
    'description: |\n  two\n  lines\nlist: []\nguards:',
    ':15 list: expected a group of settings',
    ':17 guards.validity: unknown setting (known: maxRemovedRatio, allowEmpty, maxRejectedRatio)',
  ],
];

const DESTINATIONS: Case[] = [
  [
    '{ env: ACTITO_API_KEY }',
    'hunter2',
    ':2 apiKey: expected { env: NAME }, the name of an environment variable; the secret itself does not belong in this file',
  ],
  [
    '{ env: ACTITO_API_KEY }',
    '{ env: hunter2! }',
    ':2 apiKey.env: expected { env: NAME }, the name of an environment variable; the secret itself does not belong in this file',
  ],
  [
    '{ env: SFTP_PASSWORD }',
    'hunter2',
    ':10 delivery.password: expected { env: NAME }, the name of an environment variable; the secret itself does not belong in this file',
  ],
  [
    'password: { env: SFTP_PASSWORD }',
    'privateKey: |\n    hunter2',
    ':10 delivery.privateKey: expected { env: NAME }, the name of an environment variable; the secret itself does not belong in this file',
  ],
  [
    'apiKey: { env: ACTITO_API_KEY }\n',
    '',
    ':1 apiKey: missing, expected { env: NAME }, the name of an environment variable',
  ],
  [
    '  password: { env: SFTP_PASSWORD }\n',
    '',
    ':5 delivery: expected password: { env: NAME } or privateKey: { env: NAME }',
  ],
  ['ENV-3', 'ENV-9', ':1 environment: expected ENV-0, ENV-1, ENV-3 or PREPROD, got "ENV-9"'],
  [
    'environment: ENV-3\n',
    '',
    ':1: expected either environment (ENV-0, ENV-1, ENV-3, PREPROD) or baseUrl, one of the two',
  ],
  [
    'protocol: sftp',
    'protocol: ftps',
    ':6 delivery.protocol: expected sftp (the only protocol so far), got "ftps"',
  ],
  ['protocol: sftp', 'protocol: sftp\n  port: 70000', ':7 delivery.port: expected at most 65535, got 70000'],
  ['host: sftp.shop.example', 'host: { var: HOST }', ':7 delivery.host: expected a text, or { env: NAME }'],
  [
    'SHA256:',
    'MD5:',
    ':11 delivery.hostKey: expected the SHA256 fingerprint of the server\'s host key, "SHA256:" and 43 characters',
  ],
  [
    'entity: shop',
    'entity: shop\nlimits: { concurrentCalls: 6 }',
    ':4 limits.concurrentCalls: expected at most 5, got 6',
  ],
  [
    'entity: shop',
    'entity: shop\nlimits: { importsPerTablePerDay: 1.5 }',
    ':4 limits.importsPerTablePerDay: expected a whole number, got 1.5',
  ],
];

const SOURCES: Case[] = [
  [
    'driver: postgres',
    'driver: oracle',
    ':1 driver: expected postgres (the only driver so far), got "oracle"',
  ],
  [
    '{ env: SHOP_DATABASE_URL }',
    'postgres://u:hunter2@h/db',
    ':2 connection: expected { env: NAME }, the name of an environment variable; the secret itself does not belong in this file',
  ],
  [
    '{ env: SHOP_DATABASE_URL }',
    '{ hunter2 }',
    ':2 connection.env: missing, expected { env: NAME }, the name of an environment variable',
    ':2 connection: expected { env: NAME }, the name of an environment variable; the secret itself does not belong in this file',
  ],
  ['driver: postgres', 'driver: postgres\ndriver: postgres', ':2: not valid YAML (duplicate key)'],
  ['{ env: SHOP_DATABASE_URL }', '{ env: SHOP_DATABASE_URL', ':3: not valid YAML (bad indent)'],
  [
    '{ env: SHOP_DATABASE_URL }',
    '*hunter2',
    ':1: not valid YAML (an alias, *name, without its anchor, &name)',
  ],
  ['{ env: SHOP_DATABASE_URL }', '!hunter2 abc', ':2: not valid YAML (tag resolve failed)'],
  ['{ env: SHOP_DATABASE_URL }', '"hunter2', ':3: not valid YAML (missing char)'],
  ['driver: postgres\nconnection: { env: SHOP_DATABASE_URL }\n', '# nothing\n', ':1: the file is empty'],
  [
    'driver: postgres\nconnection: { env: SHOP_DATABASE_URL }\n',
    '- driver\n',
    ':1: expected a group of settings',
  ],
];

describe.each<[string, string, Case[]]>([
  ['activations/vip.yaml', ACTIVATION, ACTIVATIONS],
  ['destinations/actito.yaml', DESTINATION, DESTINATIONS],
  ['sources/shop.yaml', SOURCE, SOURCES],
])('%s', (file, valid, cases) => {
  it.each(cases)('with %j turned into %j is refused', async (found, replacement, ...problems) => {
    const text = valid.replace(found, () => replacement);
    expect(text).not.toBe(valid);
    const lines = await problemsWith({ [file]: text });
    expect(lines).toEqual(problems.map((problem) => file + problem));
    expect(lines.join()).not.toContain('hunter2');
  });
});
