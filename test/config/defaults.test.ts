import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { resolveActivation } from '../../activation/definition/definition.ts';
import { withDefaults } from '../../config/defaults.ts';
import { definitionOf, loadProject } from '../../config/project.ts';
import { parseYaml, type YamlFile } from '../../config/yaml-file.ts';
import { ACTIVATION, DESTINATION, problemsWith, projectFolder, SOURCE, warningsOf } from './folders.ts';
import { activationFile } from '../support/activation-files.ts';

/** Everything that can be a default. */
const DEFAULTS = `defaults:
  matchingKey: { column: phone, type: phone, attribute: gsmNumber, defaultCountry: BE }
  attributes:
    - { column: first_name, attribute: firstName }
    - { column: city, attribute: city, nulls: clear }
  attributesRequired: true
  importMode: { etl: 12 }
  list: { validity: 3 days, fileName: 'lists-{list}.csv' }
  removal: { after: 1 run }
  schedule: { every: 1 day }
  guards: { maxRemovedRatio: 0.5, allowEmpty: true }
`;
const LEAST = 'source: shop\ndestination: actito\nsegment: { name: VIP, query: select 1 }\n';

async function activationWith(text: string, defaults = DEFAULTS) {
  const folder = await projectFolder({
    'sources/shop.yaml': SOURCE,
    'destinations/actito.yaml': DESTINATION + defaults,
    'activations/vip.yaml': text,
  });
  const project = await loadProject(folder);
  return { project, activation: project.activations.get('vip')! };
}

function yaml(name: string, value: unknown): YamlFile {
  const parsed = parseYaml(name, stringify(value));
  if ('problems' in parsed) throw new Error('not valid YAML');
  return parsed;
}

describe('the defaults of a destination', () => {
  it('complete an activation that has little more than its segment', async () => {
    expect((await activationWith(LEAST)).activation).toMatchObject({
      matchingKey: { column: 'phone', type: 'phone', attribute: 'gsmNumber', defaultCountry: 'BE' },
      attributes: [
        { attribute: 'city', nulls: 'clear' },
        { attribute: 'firstName', nulls: 'keep' },
      ],
      attributesRequired: true,
      importMode: { etl: '12' },
      list: { name: 'VIP', validity: 259_200_000, fileName: 'lists-VIP.csv', provision: 'api' },
      removal: { after: { runs: 1 } },
      schedule: { every: 86_400_000 },
      guards: { maxRemovedRatio: 0.5, allowEmpty: true, maxRejectedRatio: 0.05 },
    });
  });

  it('are overridden by an activation: in list and guards setting by setting, otherwise as a whole', async () => {
    const { activation } = await activationWith(
      LEAST +
        'matchingKey: { column: email, type: email, attribute: emailAddress }\n' +
        'schedule: { cron: 0 6 * * *, timezone: Europe/Paris }\n' +
        'importMode: oneShot\nattributesRequired: false\nremoval: { after: 36h }\n' +
        'list: { validity: 14 days }\nguards: { allowEmpty: false }\n',
    );
    expect(activation).toMatchObject({
      matchingKey: { column: 'email', type: 'email', attribute: 'emailAddress' },
      importMode: 'oneShot',
      removal: { after: { milliseconds: 129_600_000 } },
      attributesRequired: false,
      list: { validity: 1_209_600_000, fileName: 'lists-VIP.csv' },
      guards: { maxRemovedRatio: 0.5, allowEmpty: false },
    });
    expect(activation.matchingKey).not.toHaveProperty('defaultCountry');
    expect(activation.schedule).toEqual({
      cron: '0 6 * * *',
      timezone: 'Europe/Paris',
      pauseAfter: 21_600_000,
    });
  });

  it('add the attributes that an activation does not map itself', async () => {
    const { activation } = await activationWith(
      `${LEAST}attributes: [{ column: zip, attribute: zip }, { column: town, attribute: city }]`,
    );
    expect(activation.attributes).toEqual([
      { column: 'town', attribute: 'city', nulls: 'keep', defaultCountry: 'BE' },
      { column: 'first_name', attribute: 'firstName', nulls: 'keep', defaultCountry: 'BE' },
      { column: 'zip', attribute: 'zip', nulls: 'keep', defaultCountry: 'BE' },
    ]);
  });

  it('omit an attribute that is the matching key of an activation', async () => {
    const { activation } = await activationWith(
      `${LEAST}matchingKey: { column: city, type: externalId, attribute: city }`,
    );
    expect(activation.attributes.map(({ attribute }) => attribute)).toEqual(['firstName']);
  });

  it('are not part of the definition of a run', async () => {
    const { project } = await activationWith(LEAST);
    expect(definitionOf(project, 'vip').destination).not.toHaveProperty('defaults');
    expect(JSON.stringify(definitionOf(project, 'vip'))).not.toContain('defaults');
  });

  it('give the same activation, whichever half of its settings they contain', () => {
    const mapping = (attribute: string) => ({ column: `c_${attribute}`, attribute, nulls: 'clear' });
    const settings = {
      matchingKey: { column: 'phone', type: 'phone', attribute: 'gsmNumber', defaultCountry: 'BE' },
      attributesRequired: true,
      importMode: { etl: 12 },
      removal: { after: '2 runs' },
      schedule: { cron: '0 6 * * *' },
    };
    const list = { validity: '3 days', provision: 'existing', fileName: 'x.csv' };
    const guards = { maxRemovedRatio: 0.5, allowEmpty: true, maxRejectedRatio: 0.1 };
    const attributes = ['a', 'b', 'c', 'd'].map(mapping);
    const least = { source: 'shop', destination: 'actito', segment: { name: 'VIP', table: 'vip' } };
    const load = (file: YamlFile) => resolveActivation('vip', activationFile(file.value));
    const whole = load(yaml('a', { ...least, ...settings, list, guards, attributes }));
    /** Settings of the activation, of the defaults, and of both: in that case the default differs. */
    const split = <T extends object>(group: T) =>
      fc.tuple(fc.subarray(Object.entries(group)), fc.boolean()).map(([own, overridden]) => ({
        own: Object.fromEntries(own) as Partial<T>,
        theirs: overridden
          ? group
          : (omit(
              group,
              own.map(([name]) => name),
            ) as Partial<T>),
      }));
    const order = fc.shuffledSubarray(attributes, { minLength: 4 });
    fc.assert(
      fc.property(
        fc.record({
          settings: split(settings),
          list: split(list),
          guards: split(guards),
          order,
          cut: fc.nat(4),
        }),
        ({ settings, list, guards, order, cut }) => {
          const overridden = order.slice(0, cut).map((mapping) => ({ ...mapping, column: 'other' }));
          const inherited = [...order.slice(cut), ...overridden];
          const activation = { list: list.own, guards: guards.own, attributes: order.slice(0, cut) };
          const own = { ...least, ...settings.own, ...activation };
          const common = { list: list.theirs, guards: guards.theirs, attributes: inherited };
          const defaults = { ...settings.theirs, ...common };
          expect(load(withDefaults(yaml('a', own), yaml('d', { defaults }), true))).toEqual(whole);
        },
      ),
    );
  });
});

function omit(group: object, names: string[]): object {
  return Object.fromEntries(Object.entries(group).filter(([name]) => !names.includes(name)));
}

describe('an error in the defaults', () => {
  const files = (defaults: string, ...activations: string[]) => ({
    'destinations/actito.yaml': DESTINATION + defaults,
    ...Object.fromEntries(activations.map((text, i) => [`activations/${'vwxyz'[i]}.yaml`, text])),
  });
  const others = ['A', 'B', 'C'].map((name) => LEAST.replace('VIP', name));

  it('is reported once, at its line, and not again for each activation', async () => {
    const bad = DEFAULTS.replace('type: phone', 'type: mobile').replace('3 days', 'long');
    expect(await problemsWith(files(bad, ...others))).toEqual([
      'destinations/actito.yaml:13 defaults.matchingKey.type: expected email, phone or externalId, got "mobile"',
      'destinations/actito.yaml:19 defaults.list.validity: expected a duration such as 15m, 48h or 2 days, got "long"',
    ]);
  });

  it('does not make an activation lack the defaults', async () => {
    expect(await problemsWith(files(DEFAULTS.replace('matchingKey', 'matchingKy'), ...others))).toEqual([
      'destinations/actito.yaml:13 defaults.matchingKy: unknown setting, did you mean "matchingKey"?',
    ]);
    expect(await problemsWith(files('defaults: {', ...others))).toEqual([
      'destinations/actito.yaml:12: not valid YAML (bad indent)',
    ]);
    const lost = others[0]!.replace('destination: actito', 'destination: actitto');
    expect(await problemsWith(files(DEFAULTS, lost))).toEqual([
      'activations/v.yaml:2 destination: there is no destination "actitto", did you mean "actito"?',
    ]);
  });

  it('that appears only with an activation is reported at the line of the default, once for several activations', async () => {
    const contract = DEFAULTS.replace('defaults:', 'contract: { emptyValue: ignored }\ndefaults:').replace(
      '  importMode: { etl: 12 }\n',
      '',
    );
    expect(await problemsWith(files(contract, ...others))).toEqual([
      'destinations/actito.yaml:17 defaults.attributes[1].nulls: nulls: clear is not possible, because Actito ignores empty fields (contract.emptyValue: ignored in destinations/actito); set nulls: keep',
    ]);
  });

  it('does not hide an error of an activation itself', async () => {
    const text = `${LEAST}list: { valid: 1 day, adopt: 7 }\nattributes: [{ column: a }]`;
    expect(await problemsWith(files(DEFAULTS, text))).toEqual([
      'activations/v.yaml:4 list.adopt: expected true or false, got 7',
      'activations/v.yaml:4 list.valid: unknown setting (known: name, identifier, provision)',
      'activations/v.yaml:5 attributes[0].attribute: missing; expected text',
    ]);
  });

  it('does not include a missing matching key of an activation', async () => {
    const without = DEFAULTS.replace(/  matchingKey.*\n/, '');
    expect(await problemsWith(files(without, LEAST))).toEqual([
      'activations/v.yaml:1 matchingKey: missing; expected a group of settings',
    ]);
  });
});

describe('a project without problems', () => {
  it('has no warning about one default attribute of many activations, and one about two mappings of an attribute', async () => {
    const schedule = DEFAULTS.replace('  schedule: { every: 1 day }\n', '');
    const folder = await projectFolder({
      'sources/shop.yaml': SOURCE,
      'sources/crm.yaml': SOURCE,
      'destinations/actito.yaml': DESTINATION + schedule,
      'activations/a.yaml': LEAST,
      'activations/b.yaml': LEAST.replace('VIP', 'B'),
      'activations/own.yaml': `${LEAST.replace('VIP', 'C')}attributes: [{ column: town, attribute: city }]`,
    });
    expect(await warningsOf(folder)).toEqual([
      'activations/a and activations/own both write city of the same profiles. The last run to change a value wins. Map each attribute in only one activation.',
      'activations/b and activations/own both write city of the same profiles. The last run to change a value wins. Map each attribute in only one activation.',
    ]);
  });

  it('has a warning about one default attribute that two warehouses fill', async () => {
    const folder = await projectFolder({
      'sources/shop.yaml': SOURCE,
      'sources/crm.yaml': SOURCE,
      'destinations/actito.yaml': DESTINATION + DEFAULTS,
      'activations/a.yaml': LEAST,
      'activations/b.yaml': LEAST.replace('VIP', 'B').replace('source: shop', 'source: crm'),
    });
    expect(await warningsOf(folder)).toEqual([
      'activations/a and activations/b both write firstName, city of the same profiles. The last run to change a value wins. Map each attribute in only one activation.',
    ]);
  });

  it('keeps an activation that needs no defaults unchanged', async () => {
    const { activation } = await activationWith(ACTIVATION, '');
    expect(activation.matchingKey.attribute).toBe('emailAddress');
  });
});
