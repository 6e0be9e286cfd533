import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { provisionList } from '../../actito/lists/provision.ts';
import { leftBehindNote } from '../../actito/lists/renaming.ts';
import { startSimulator, type Simulator } from '../../simulator/start.ts';
import { clientFor, definitionFor, failureOf } from './support.ts';
import { words } from '../support/words.ts';

const PLACE = { entity: 'shop', table: '16' };

let simulator: Simulator;
beforeAll(async () => {
  simulator = await startSimulator({ pollInterval: 3_600_000 });
});
beforeEach(() => simulator.reset());
afterAll(() => simulator?.stop());

const VIP = { name: 'VIP', fileName: 'VIP.csv' };
const usual = (list: object = {}) => definitionFor(simulator, { list });
function provision(list: object = {}, former?: typeof VIP) {
  return provisionList(clientFor(simulator), PLACE, usual(list), { host: simulator.sftp.host, former });
}
const fileOf = (name: string) => simulator.list(name)?.fileSynchronizationId;
const names = () => simulator.lists().map(({ name }) => name);
const marker = (id: string) => `[actito-sync:${id}]`;

describe('a list that is renamed in the configuration', () => {
  test('is renamed in Actito, so that campaigns that target it continue', async () => {
    const { id } = await provision();
    const before = fileOf('VIP');
    const renamed = await provision({ name: 'Best' }, VIP);
    expect(renamed).toMatchObject({
      id,
      created: false,
      notes: [
        {
          message:
            'The external target list "VIP" was renamed to "Best" in Actito; campaigns that target it are not affected. It now ' +
            'reads Best.csv; VIP.csv remains on the file server but is no longer read.',
        },
      ],
    });
    expect(names()).toEqual(['Best']);
    expect(fileOf('Best')).not.toBe(before);
    expect(await provision({ name: 'Best' }, VIP)).toMatchObject({ id, notes: [] });
  });

  test('keeps its file if the configuration names one', async () => {
    await provision({ fileName: 'fixed.csv' });
    const before = fileOf('VIP');
    const { notes } = await provision(
      { name: 'Best', fileName: 'fixed.csv' },
      { ...VIP, fileName: 'fixed.csv' },
    );
    expect(words(notes)).toEqual([
      'The external target list "VIP" was renamed to "Best" in Actito; campaigns that target it are not affected.',
    ]);
    expect(fileOf('Best')).toBe(before);
  });

  test('stays unchanged if Actito rejects the new name, and the failure says what to do', async () => {
    await provision();
    const client = clientFor(simulator, { paths: { list: '/not/here/{entity}/{table}/{list}' } });
    const options = { host: simulator.sftp.host, former: VIP };
    const failure = await failureOf(provisionList(client, PLACE, usual({ name: 'Best' }), options));
    expect(failure).toMatchObject({ type: 'ActitoRefused', retryable: false });
    expect(failure.message).toContain('The list "VIP" could not be renamed to "Best"');
    expect(failure.message).toContain('Rename it manually in Actito, or change list.name back.');
    expect(names()).toEqual(['VIP']);
  });
});

test('a list that was renamed in Actito manually gets the name of the configuration back', async () => {
  const { id } = await provision();
  simulator.changeList('VIP', { name: 'By hand' });
  const found = await provision();
  expect(found).toMatchObject({ id, created: false });
  expect(words(found.notes)).toEqual([
    'The external target list "By hand" was renamed to "VIP" in Actito; campaigns that target it are not affected.',
  ]);
  expect(names()).toEqual(['VIP']);
});

test('a list that was deleted manually is created again, without a note about renaming', async () => {
  await provision();
  simulator.deleteList('VIP');
  expect(await provision()).toMatchObject({ created: true, retrieved: false, notes: [] });
});

test('if both names exist, the new list is fed, and the old one is reported with its end', async () => {
  await provision();
  await simulator.seedContacts([{ emailAddress: 'anna@shop.be' }]);
  simulator.createList({ name: 'Best', fileName: 'Best.csv', description: marker('vip') });
  const found = await provision({ name: 'Best' }, VIP);
  expect(found.id).toBe(simulator.list('Best')!.id);
  expect(words(found.notes)).toEqual([
    'The external target list "VIP" in Actito also has the marker of this activation, but is no longer updated. It has ' +
      'always been empty. Delete it in Actito when no campaign uses it.',
  ]);
  expect(names().sort()).toEqual(['Best', 'VIP']);
});

test('a list of this name that reads the file of another project is not taken over, unless the activation adopts it', async () => {
  simulator.createList({ name: 'VIP', fileName: 'theirs.csv', description: marker('vip') });
  const before = [simulator.list('VIP'), simulator.calls()['POST /file-transfers']];
  const failure = await failureOf(provision());
  expect(failure).toMatchObject({ type: 'ListConflict', retryable: false });
  expect(failure.message).toContain('does not read the file VIP.csv');
  expect([simulator.list('VIP'), simulator.calls()['POST /file-transfers']]).toEqual(before);
  const adopted = await provision({ adopt: true });
  expect(adopted.id).toBe(simulator.list('VIP')!.id);
  expect(await provision()).toMatchObject({ id: adopted.id, created: false });
});

test("a list of another project's activation with the same id is not changed, and is reported", async () => {
  simulator.createList({ name: 'Theirs', fileName: 'theirs.csv', description: marker('vip') });
  const before = simulator.list('Theirs');
  const made = await provision();
  expect(made).toMatchObject({ created: true });
  expect(words(made.notes)).toEqual([
    'The external target list "Theirs" in Actito also has the marker of this activation, but is not updated by this ' +
      'project (another project may have an activation with the same id). It has always been empty. Delete it in Actito when no ' +
      'campaign uses it.',
  ]);
  expect(simulator.list('Theirs')).toEqual(before);
});

describe('an activation whose own file was renamed', () => {
  test('does not take over the list of its old id; the failure says whose list it is and how to take it over', async () => {
    simulator.createList({ ...VIP, description: `Best ones ${marker('old-vip')}` });
    const failure = await failureOf(provision());
    expect(failure).toMatchObject({ type: 'ListConflict', retryable: false });
    expect(failure.message).toBe(
      'The list "VIP" in Actito belongs to activation old-vip, not to vip. If old-vip.yaml was renamed ' +
        'to vip.yaml, take the list over with list.adopt: true. Otherwise, choose another list.name.',
    );
  });

  test('takes it over if it says so', async () => {
    simulator.createList({ ...VIP, description: marker('old-vip') });
    const { id } = simulator.list('VIP')!;
    expect(await provision({ adopt: true })).toMatchObject({ id, created: false });
    expect(simulator.list('VIP')).toMatchObject({ description: marker('vip') });
  });
});

describe('a list that cannot be read', () => {
  const deliveredAt = new Date('2026-11-20T06:00:00.000Z');
  const note = (former: object, now: object) =>
    leftBehindNote(usual(now), { definition: usual(former), deliveredAt });

  test('is reported as no longer fed if name and file changed, with its end', () => {
    expect(note({ validity: '36h' }, { name: 'Best' })?.message).toBe(
      'The list has moved since the last delivery (2026-11-20T06:00:00.000Z): the list was "VIP" and is now "Best", the file was "VIP.csv" and is now ' +
        '"Best.csv". The external target list "VIP" is no longer updated: it expires around ' +
        '2026-11-21T18:00:00.000Z and then targets nobody, unless you change it in Actito to read Best.csv from the new location. ' +
        'The old file remains on its server.',
    );
  });

  test('is not reported if it is the same, with another identifier or validity', () => {
    expect(note({}, {})).toBeUndefined();
    const identifier = { column: 'id', attribute: 'customerId' };
    expect(note({}, { identifier, validity: '12h' })).toBeUndefined();
  });

  test('is reported if its file moves to another folder', () => {
    const moved = definitionFor(simulator, {}, { directory: '/elsewhere' });
    const told = leftBehindNote(moved, { definition: usual(), deliveredAt });
    expect(told?.message).toContain('the folder was "/in" and is now "/elsewhere"');
  });
});
