import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { WorkflowFailedError } from '@temporalio/client';
import { expect, test } from 'vitest';
import { LIST } from '../support/stand.ts';
import { standWithWorker } from '../support/temporal-run.ts';

const { stand, hosted } = await standWithWorker();

test('a segment is a dbt model: its table is read, and its failed tests and stale sources hold the run', async () => {
  const manifest = join(stand.projectFolder, 'manifest.json');
  const loadedAt = (hours: number) => ({
    source_name: 'shop',
    name: 'orders',
    relation_name: `(select now() at time zone 'UTC' - interval '${hours} hours' as loaded_at) orders`,
    loaded_at_field: 'loaded_at',
    freshness: { error_after: { count: 26, period: 'hour' } },
  });
  const dbt = (hours: number, failing: string) =>
    writeFile(
      manifest,
      JSON.stringify({
        nodes: {
          'model.shop.vip': {
            resource_type: 'model',
            name: 'vip',
            package_name: 'shop',
            relation_name: '"people"',
            depends_on: { nodes: ['source.shop.orders'] },
          },
          'test.shop.everywhere': {
            resource_type: 'test',
            name: 'people_from_nowhere',
            package_name: 'shop',
            attached_node: 'model.shop.vip',
            compiled_code: `select email from people where ${failing}`,
          },
        },
        sources: { 'source.shop.orders': loadedAt(hours) },
      }),
    );
  await writeFile(join(stand.projectFolder, 'project.yaml'), 'dbt: { manifest: manifest.json }\n');
  await stand.actito.seedContacts([{ emailAddress: 'anna@shop.be' }]);
  await stand.warehouse.query(`insert into people (email, first_name) values ('anna@shop.be', 'Anna')`);
  const guards = { fromModel: ['freshness', 'tests'], maxRemovedRatio: 1 };
  await stand.writeActivation({ segment: { name: LIST, model: 'vip' }, guards });
  await dbt(25, 'email is null');
  expect(await hosted.run()).toMatchObject({ outcome: 'succeeded' });
  await dbt(27, 'email is not null');
  const { message } = await (await hosted.start({ activation: 'vip' })).result().then(
    () => expect.fail('the run should have been held'),
    ({ cause }: WorkflowFailedError) => cause as Error,
  );
  expect(message).toContain('The warehouse data is 27 h old');
  expect(message).toContain('the dbt source shop.orders');
  expect(message).toContain('A test of the dbt model vip failed (guards.fromModel): people_from_nowhere.');
  expect(message).not.toContain('guards.assertions');
  expect(message).not.toContain('@shop.be');
});
