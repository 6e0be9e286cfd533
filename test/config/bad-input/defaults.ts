import type { Case } from './case.ts';

/** Defaults, and their problems: reported once, in the destination, although an activation uses them. */
const WRONG: [defaults: string, problem: string][] = [
  ['[]', ':4 defaults: expected a group of settings'],
  ['{ matchingkey: {} }', ':4 defaults.matchingkey: unknown setting, did you mean "matchingKey"?'],
  [
    '{ segment: { name: VIP } }',
    ':4 defaults.segment: unknown setting (known: matchingKey, timezone, defaultCountry, attributes, attributesRequired, importMode, list, removal, schedule, guards, canary)',
  ],
  [
    '{ list: { name: VIP } }',
    ':4 defaults.list.name: unknown setting (known: identifier, validity, provision, fileName)',
  ],
  [
    '{ list: { adopt: true } }',
    ':4 defaults.list.adopt: unknown setting (known: identifier, validity, provision, fileName)',
  ],
  ['{ list: { provision: none } }', ':4 defaults.list.provision: expected api or existing, got "none"'],
  [
    '{ removal: { after: soon } }',
    ':4 defaults.removal.after: expected a number of runs such as "2 runs", or a duration such as 24h, got "soon"',
  ],
  ['{ list: 48h }', ':4 defaults.list: expected a group of settings'],
  ['{ guards: { allowEmpty: "no" } }', ':4 defaults.guards.allowEmpty: expected true or false, got "no"'],
  [
    '{ matchingKey: { column: email, type: mail, attribute: emailAddress } }',
    ':4 defaults.matchingKey.type: expected email, phone or externalId, got "mail"',
  ],
  [
    '{ schedule: { cron: "0 6 * * 8" } }',
    ':4 defaults.schedule.cron: expected a valid cron expression: field 5 (day of week) has values from 0 to 7 or SUN to SAT, ranges (1-5), steps (*/2) or lists (1,3), got "0 6 * * 8"',
  ],
  [
    '{ importMode: etl }',
    ':4 defaults.importMode: expected oneShot, or { etl: <id of the ETL in Actito> }, got "etl"',
  ],
  ['{ attributes: [{ column: a }] }', ':4 defaults.attributes[0].attribute: missing; expected text'],
  ['{ attributes: { column: a, attribute: a } }', ':4 defaults.attributes: expected a list'],
  [
    '{ attributes: [{ column: a, attribute: a }, { column: b, attribute: a }] }',
    ':4 defaults.attributes[1].attribute: "a" is already mapped by defaults.attributes[0]',
  ],
];

export const DEFAULTS = WRONG.map(([defaults, problem]): Case => [
  'entity: shop',
  `entity: shop\ndefaults: ${defaults}`,
  problem,
]);
