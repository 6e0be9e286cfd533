import { readFile, writeFile } from 'node:fs/promises';
import { beforeAll, expect, test } from 'vitest';
import { standWithRunner } from '../support/direct-run.ts';
import { LIST } from '../support/stand.ts';

const { stand, runner } = await standWithRunner();
beforeAll(async () => {
  await stand.actito.seedContacts([{ emailAddress: 'anna@shop.be' }]);
  await stand.warehouse.query(`insert into people values ('anna@shop.be', 'Anna', 1, 'Gent')`);
});

test('if the folder does not exist on the file server, the run fails and says what to check, and the worker continues', async () => {
  const yaml = `${stand.projectFolder}/destinations/actito.yaml`;
  const usual = await readFile(yaml, 'utf8');
  await writeFile(yaml, usual.replace('directory: /in', 'directory: /nowhere'));
  const run = await runner.run();
  await writeFile(yaml, usual);
  expect(run.outcome).toBe('failed');
  expect(run.failure?.message).toContain('delivery.directory');
  expect(await runner.run()).toMatchObject({ outcome: 'succeeded', counts: { added: 1 } });
});

test.each(['vip-retry', 'vip-pkey'])(
  'an activation named %s has its own members beside those of vip',
  async (id) => {
    await stand.writeActivation({ list: { name: id } }, id);
    expect(await runner.run({ activation: id })).toMatchObject({
      outcome: 'succeeded',
      counts: { added: 1 },
    });
    expect([...stand.actito.listMembers(id)]).toEqual(['anna@shop.be']);
    expect(await runner.run()).toMatchObject({ plan: { push: null, toSend: 0 } });
    expect([...stand.actito.listMembers(LIST)]).toEqual(['anna@shop.be']);
  },
);
