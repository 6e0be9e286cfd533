import { expect, test } from 'vitest';
import { standWithWorker } from '../support/temporal-run.ts';

/* Temporal itself waits: a waiting run occupies no worker. */

const { stand, hosted } = await standWithWorker();

test('runs that wait for each other continue when their window ends, and all attributes arrive', async () => {
  await stand.writeDestination({ imports: { shareWithin: '1s' } });
  await stand.actito.seedContacts([{ emailAddress: 'anna@shop.be' }]);
  await stand.warehouse.query(`insert into people (email, first_name) values ('anna@shop.be', 'Anna')`);
  const ids = ['one', 'two'];
  for (const id of ids) await stand.writeActivation({ list: { name: id } }, id);
  const results = await Promise.all(ids.map((activation) => hosted.run({ activation })));
  for (const result of results)
    expect(result).toMatchObject({ outcome: 'succeeded', counts: { updated: 1 } });
  // One shared import, or two on a slow machine: each run has waited.
  const { rows } = await stand.state.raw<{ rows: object[] }>(
    'select from import_parts join imports on id = import where shape is not null',
  );
  expect(rows).toHaveLength(2);
});
