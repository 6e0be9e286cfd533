import { expect, test } from 'vitest';
import { loadProject } from '../../config/project.ts';
import { ACTIVATION, DESTINATION, projectFolder, VALID } from './folders.ts';

/* Actito documents lists of profile IDs only. */

const PROFILES = `profiles:
  export: { directory: /out, file: p.csv, columns: { profileId: id, emailAddress: email } }
`;
const LOOKED_UP = ACTIVATION.replace('validity: 48h', 'identifier: profileId');
const COLUMN = ACTIVATION.replace('validity: 48h', 'identifier: { column: pid, attribute: profileId }');

const warnings = async (files: Record<string, string>) => {
  const project = await loadProject(await projectFolder({ ...VALID, ...files }));
  expect(project.problems).toEqual([]);
  return project.warnings.filter(({ reason }) => reason === 'identifiersUndocumented');
};

test('a list of email addresses is a warning that says what to check and what to set', async () => {
  expect((await warnings({})).map(({ message }) => message)).toEqual([
    'destinations/actito: the list of 1 activation contains emailAddress. Actito documents profile IDs only; check that the list shows profiles after the first delivery. ' +
      "If it does, set contract.listIdentifiers: uniqueAttribute in destinations/actito.yaml. Otherwise set list.identifier: profileId, with Actito's export of the profiles (profiles in the destination).",
  ]);
});

test('a destination is warned about once, whatever the number of its activations', async () => {
  const byNumber = ACTIVATION.replace('name: VIP', 'name: Other')
    .replace('type: email', 'type: externalId')
    .replace('attribute: emailAddress', 'attribute: customerId');
  const found = await warnings({
    'activations/other.yaml': byNumber,
    'activations/third.yaml': ACTIVATION.replace('name: VIP', 'name: Third'),
    'destinations/unused.yaml': DESTINATION,
  });
  expect(found.map(({ facts }) => facts)).toEqual([
    { destination: 'actito', attributes: ['customerId', 'emailAddress'], activations: 3 },
  ]);
});

test.each([
  {
    what: 'profile IDs from the profile directory',
    files: { 'destinations/actito.yaml': DESTINATION + PROFILES, 'activations/vip.yaml': LOOKED_UP },
  },
  { what: 'profile IDs from a column', files: { 'activations/vip.yaml': COLUMN } },
  {
    what: 'email addresses that a person has checked',
    files: {
      'destinations/actito.yaml': `${DESTINATION}contract: { listIdentifiers: uniqueAttribute }\n`,
    },
  },
])('a list of $what is no warning', async ({ files }) => {
  expect(await warnings(files as Record<string, string>)).toEqual([]);
});

test('a directory that an activation does not use does not help it', async () => {
  expect(await warnings({ 'destinations/actito.yaml': DESTINATION + PROFILES })).toHaveLength(1);
});
