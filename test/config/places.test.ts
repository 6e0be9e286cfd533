import { describe, expect, it, test } from 'vitest';
import { loadProject } from '../../config/project.ts';
import { ACTIVATION, DESTINATION, problemsWith, projectFolder, VALID } from './folders.ts';

/** The time zone and country of the attributes of an activation, by name. */
async function placesOf(files: Record<string, string>) {
  const project = await loadProject(await projectFolder({ ...VALID, ...files }));
  const { attributes } = project.activations.get('vip')!;
  return Object.fromEntries(
    attributes.map(({ attribute, timezone, defaultCountry }) => [attribute, [timezone, defaultCountry]]),
  );
}
const activation = (text: string) => ({ 'activations/vip.yaml': ACTIVATION + text });
const PROJECT = { 'project.yaml': 'timezone: Asia/Tokyo\ndefaultCountry: JP\n' };

describe('the time zone and the country of an attribute', () => {
  const broken = async (text: string) => {
    const project = await loadProject(await projectFolder({ ...VALID, 'project.yaml': text }));
    return [...project.broken.keys()];
  };

  it('are those of the project, whatever else is wrong in its file', async () => {
    const wrong = { 'project.yaml': `${PROJECT['project.yaml']}retention: { runs: 3d }\nunknown: yes\n` };
    expect(await placesOf(wrong)).toEqual({ firstName: ['Asia/Tokyo', 'JP'] });
  });

  it.each(['timezone: [\n', 'timezone: Nowhere\n', 'a: *b\ndefaultCountry: BE\n', 'country: BE\n'])(
    'stop the activations that may need them if the file sets them and is invalid: %j',
    async (text) => expect(await broken(text)).toEqual(['vip']),
  );

  it('are empty if an unreadable file does not mention them', async () => {
    expect(await broken('retention: [\n')).toEqual([]);
  });

  it('are those of the project if nothing closer sets them', async () => {
    expect(await placesOf({})).toEqual({ firstName: [undefined, undefined] });
    expect(await placesOf(PROJECT)).toEqual({ firstName: ['Asia/Tokyo', 'JP'] });
  });

  it('can be those of the destination, of the activation and of the attribute, and the closest one applies', async () => {
    const destination = {
      'destinations/actito.yaml': `${DESTINATION}defaults: { timezone: Europe/Brussels, defaultCountry: BE }\n`,
    };
    expect(await placesOf({ ...PROJECT, ...destination })).toEqual({ firstName: ['Europe/Brussels', 'BE'] });
    const own = activation('timezone: Europe/Paris\ndefaultCountry: FR\n');
    expect(await placesOf({ ...PROJECT, ...destination, ...own })).toEqual({
      firstName: ['Europe/Paris', 'FR'],
    });
    const attribute = {
      'activations/vip.yaml': own['activations/vip.yaml'].replace(
        'attribute: firstName',
        'attribute: firstName, timezone: UTC, defaultCountry: NL',
      ),
    };
    expect(await placesOf({ ...PROJECT, ...destination, ...attribute })).toEqual({
      firstName: ['UTC', 'NL'],
    });
  });

  it('prefer the country of the matching key to that of the project', async () => {
    const keyed = {
      'activations/vip.yaml': ACTIVATION.replace(
        'type: email\n  attribute: emailAddress',
        'type: phone\n  attribute: gsmNumber\n  defaultCountry: DE',
      ),
    };
    expect(await placesOf({ ...PROJECT, ...keyed })).toEqual({ firstName: ['Asia/Tokyo', 'DE'] });
  });

  it('are not reported for an attribute that is not created as a time or a text', async () => {
    const created = (type: string) => ({
      'activations/vip.yaml': ACTIVATION.replace('firstName', `x, create: { type: ${type} }`),
    });
    expect(await placesOf({ ...PROJECT, ...created('LONG') })).toEqual({ x: [undefined, undefined] });
    expect(await placesOf({ ...PROJECT, ...created('STRING') })).toEqual({ x: [undefined, 'JP'] });
    expect(await placesOf({ ...PROJECT, ...created('DATE') })).toEqual({ x: ['Asia/Tokyo', undefined] });
  });
});

test.each([
  ['timezone: Mars/Olympus', 'timezone: expected a time zone such as Europe/Paris, got "Mars/Olympus"'],
  ['timezone: "+02:00"', 'timezone: expected a time zone such as Europe/Paris, got "+02:00"'],
  [
    'defaultCountry: UK',
    'defaultCountry: expected a two-letter country code in capitals, such as BE (did you mean GB?), got "UK"',
  ],
])('project.yaml and activations with %j are rejected', async (text, problem) => {
  expect(await problemsWith({ 'project.yaml': text })).toEqual([`project.yaml:1 ${problem}`]);
  expect(await problemsWith(activation(text))).toEqual([
    expect.stringMatching(/^activations\/vip.yaml:\d+ /),
  ]);
});

test.each([
  [
    'timezone: UTC',
    'timezone: expected no time zone here, because only attributes of type DATE and TIMESTAMP',
  ],
  ['defaultCountry: BE', 'defaultCountry: expected no country here, because only text can be a phone number'],
])('%s on an attribute that does not use it is rejected', async (setting, problem) => {
  const file = ACTIVATION.replace('firstName', `x, create: { type: LONG }, ${setting}`);
  expect(await problemsWith({ 'activations/vip.yaml': file })).toEqual([
    expect.stringContaining(`attributes[0].${problem}`),
  ]);
});

test.each([
  ['lengthUnit: chars', 'contract.lengthUnit: expected utf16Units, codePoints, utf8Bytes'],
  ['numberDigits: 0', 'contract.numberDigits: expected at least 1'],
  [
    'formats: { x: mobile }',
    'contract.formats.x: expected text, phone, email, language, country, sex, title',
  ],
])('a contract with %j is rejected', async (fact, problem) => {
  expect(await problemsWith({ 'destinations/actito.yaml': `${DESTINATION}contract: { ${fact} }\n` })).toEqual(
    [expect.stringContaining(problem)],
  );
});
