import { describe, expect, it } from 'vitest';
import { ACTIVATION, DESTINATION, problemsWith, projectFolder, SOURCE, warningsOf } from './folders.ts';

const CLEARED = ACTIVATION.replace('firstName', 'firstName, nulls: clear');
const ETL = 'importMode: { etl: 12 }\n';

/** A project with a contract and some activations; by name, since the first with an ETL or list owns it. */
function files(contract: string, ...activations: string[]): Record<string, string> {
  return {
    'sources/shop.yaml': SOURCE,
    'destinations/actito.yaml': `${DESTINATION}contract: ${contract}\n`,
    ...Object.fromEntries(
      activations.map((text, i) => [`activations/${['vip', 'wip', 'xip'][i]}.yaml`, text]),
    ),
  };
}

const warningsWith = async (all: Record<string, string>) => warningsOf(await projectFolder(all));

describe('an activation that its contract makes impossible', () => {
  it.each<[what: string, contract: string, activation: string, problem: string]>([
    [
      'keeps nulls in an ETL that requires all columns',
      '{ etlColumns: all }',
      `${ACTIVATION}${ETL}`,
      ':14 importMode: nulls: keep is not possible for firstName: the ETL requires every column in every file (contract.etlColumns: all), and an empty field clears the attribute (contract.emptyValue: clears). Set nulls: clear for these attributes or, if your license of Actito works this way, contract.emptyValue: ignored or contract.etlColumns: subset in destinations/actito',
    ],
    [
      'clears by an empty field that Actito ignores',
      '{ emptyValue: ignored }',
      CLEARED,
      ':11 attributes[0].nulls: nulls: clear is not possible, because Actito ignores empty fields (contract.emptyValue: ignored in destinations/actito); set nulls: keep',
    ],
    [
      'has another list identifier than profile ids',
      '{ listIdentifiers: profileId }',
      ACTIVATION,
      ':12 list.identifier: a list can contain only profile IDs (contract.listIdentifiers: profileId in destinations/actito), not emailAddress; set list.identifier: { column: <column with the profile IDs>, attribute: profileId }, or list.identifier: profileId with an export of the profiles (profiles in the destination)',
    ],
    [
      'waits for the status of a list that cannot be read',
      '{ listConfirmation: status }',
      ACTIVATION.replace('validity: 48h', 'provision: existing'),
      ':13 list.provision: actito-sync cannot read the status of a list that was created in Actito; set contract.listConfirmation: fileDisappears or none in destinations/actito',
    ],
  ])('is rejected if it %s', async (_, contract, activation, problem) => {
    expect(await problemsWith(files(contract, activation))).toEqual([`activations/vip.yaml${problem}`]);
  });

  it.each<[what: string, contract: string, activation: string]>([
    ['an ETL that requires all columns, and nulls that clear', '{ etlColumns: all }', CLEARED + ETL],
    ['the same if empty fields are ignored', '{ etlColumns: all, emptyValue: ignored }', ACTIVATION + ETL],
    ['an ETL that accepts some columns', '{ etlColumns: subset }', ACTIVATION + ETL],
    ['all columns, without an ETL', '{ etlColumns: all }', ACTIVATION],
    [
      'profile ids as identifier',
      '{ listIdentifiers: profileId }',
      ACTIVATION.replace('validity: 48h', 'identifier: { column: pid, attribute: profileId }'),
    ],
    [
      'profile ids from the directory',
      '{ listIdentifiers: profileId }\nprofiles:\n  export: { directory: /out, file: p.csv, columns: { profileId: id, emailAddress: email } }',
      ACTIVATION.replace('validity: 48h', 'identifier: profileId'),
    ],
    [
      'profile ids as matching key',
      '{ listIdentifiers: profileId }',
      ACTIVATION.replace('type: email', 'type: externalId').replace('emailAddress', 'profileId'),
    ],
    [
      'an existing list, confirmed when its file disappears',
      '{ listConfirmation: fileDisappears }',
      ACTIVATION.replace('validity: 48h', 'provision: existing'),
    ],
    [
      'an existing list, and an attribute whose type a marketer reads',
      '{}',
      ACTIVATION.replace('validity: 48h', 'provision: existing').replace(
        'firstName',
        'firstName, create: { type: STRING }',
      ),
    ],
  ])('does not include one with %s', async (_, contract, activation) => {
    expect(await warningsWith(files(contract, activation))).toEqual([]);
  });
});

describe('an ETL that two activations share', () => {
  const OTHER = (ACTIVATION + ETL)
    .replace('name: VIP', 'name: Other')
    .replace(/firstName.*/, 'lastName, nulls: clear }');
  const CLEARED_ETL = CLEARED + ETL;

  it('must serve one matching key', async () => {
    const other = OTHER.replace('type: email', 'type: externalId').replace('emailAddress', 'customerId');
    expect(await problemsWith(files('{}', CLEARED_ETL, other))).toEqual([
      'activations/wip.yaml:14 importMode: ETL 12 is shared by activations/vip.yaml and activations/wip.yaml, but it can match on only one key, not on emailAddress and customerId. Create one ETL for each in Actito',
    ]);
  });

  it('must serve the same attributes if it requires all of its columns', async () => {
    expect(await problemsWith(files('{ etlColumns: all }', CLEARED_ETL, OTHER))).toEqual([
      'activations/wip.yaml:14 importMode: ETL 12 is shared by activations/vip.yaml and activations/wip.yaml, but it requires every column in every file (contract.etlColumns: all), and they send different attributes: firstName and lastName. Create one ETL for each in Actito',
    ]);
  });

  it('may serve other attributes if it accepts a subset, and is another ETL under another number', async () => {
    expect(await warningsWith(files('{}', CLEARED_ETL, OTHER))).toEqual([]);
    const number = OTHER.replace('etl: 12', 'etl: "13"').replace('emailAddress', 'customerEmail');
    expect(await warningsWith(files('{ etlColumns: all }', CLEARED_ETL, number))).toEqual([]);
  });
});

describe('a matching key', () => {
  it.each([
    ['phone', 'emailAddress', 'email'],
    ['email', 'gsmNumber', 'phone'],
    ['externalId', 'gsmNumber', 'phone'],
    ['email', 'profileId', 'externalId'],
  ])('of type %s with %s is a likely mistake', async (type, attribute, holds) => {
    const text = ACTIVATION.replace('type: email', `type: ${type}`).replace('emailAddress', attribute);
    expect(await warningsWith(files('{}', text))).toEqual([
      `activations/vip: matchingKey.type is ${type}, but ${attribute} is an attribute for type ${holds}. Few or no profiles will match. Set matchingKey.type to ${holds}, or choose another attribute.`,
    ]);
  });
});

describe('a canary', () => {
  const ASKING = `${ACTIVATION}canary: 100\n`;

  it('works with attributes, whose import measures the match rate', async () => {
    expect(await warningsWith(files('{}', ASKING))).toEqual([]);
  });

  it('has no effect if row results are unavailable', async () => {
    expect(await warningsWith(files('{ rowResults: none }', ASKING))).toEqual([
      'activations/vip: canary has no effect, because contract.rowResults of destination actito is none.',
    ]);
  });

  it('has no effect without attributes', async () => {
    const bare = ACTIVATION.replace(/attributes:\n(  .*\n)*/, 'guards: { minMatchRatio: 0.9 }\n');
    expect(await warningsWith(files('{}', `${bare}canary: 100\n`))).toEqual([
      'activations/vip: guards.minMatchRatio and canary have no effect, because no attributes are sent, and Actito reports matches only for members with attributes.',
    ]);
  });
});
