import { setImmediate } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { until } from '../setup/until.ts';
import { standWithWorker } from '../support/temporal-run.ts';

/*
 * Two imports: of 150 members whose first name is known, and of 120 without. The larger is sent first.
 * However they end, the match rate is measured by the results of Actito before the list is delivered.
 */

const { stand, hosted } = await standWithWorker({ importDelay: 200 }); // the second can be stopped while the first one waits

let place = 0;
let id: string;
beforeEach(async () => {
  id = `imports-${++place}`;
  await stand.warehouse.query('truncate people');
  await stand.warehouse.query(
    `insert into people (email, first_name, spent)
     select '${id}-' || i || '@shop.be', case when i < 150 then 'Ann' end, i from generate_series(0, 269) i`,
  );
});
afterEach(async () => {
  for (const fault of ['importsStuck', 'importFails', 'importRefusesRows'] as const)
    stand.actito.setFault(fault, null);
  await until('no import is left for the next test', async () =>
    stand.actito.imports().every(({ status }) => !['PENDING', 'RUNNING'].includes(status)),
  );
});

const know = (from: number, to: number) =>
  stand.actito.seedContacts(
    Array.from({ length: to - from }, (_, i) => ({ emailAddress: `${id}-${from + i}@shop.be` })),
  );
const write = (changes: object = {}) =>
  stand.writeActivation({ list: { name: id }, guards: { minMatchRatio: 0.5 }, ...changes }, id);
const failureOf = (run: Promise<unknown>) =>
  run.then(
    () => expect.fail('the run should have failed'),
    ({ cause: { type, message } }: { cause: { type: string; message: string } }) => ({ type, message }),
  );
const delivered = () => stand.actito.list(id)?.lastRetrievedFile ?? null;
const imports = async () => {
  const { rows } = await stand.state.raw<{ rows: { status: string }[] }>(
    `select coalesce(result, status) as status from imports join import_parts part on part.import = imports.id
     join runs on runs.no = part.run where activation = ? order by imports.id`,
    [id],
  );
  return rows.map(({ status }) => status);
};

describe('if an import is still pending at its timeout', () => {
  /** Starts a run whose first import ends, and whose second one does not. */
  async function halfStuckRun() {
    await write({ list: { name: id, validity: '30s' } }); // an import is waited for as long as a quarter of it
    stand.actito.setFault('importsStuck', {});
    const handle = await hosted.start({ activation: id });
    await until('both are posted', async () => (await imports()).join() === 'posted,posted');
    stand.actito.setFault('importsStuck', null);
    await setImmediate(); // the first one continues
    stand.actito.setFault('importsStuck', {});
    return handle.result() as Promise<unknown>;
  }

  test('and Actito knows too few members of the other imports, the list is not delivered', async () => {
    await know(200, 201); // of the second import
    const { type, message } = await failureOf(halfStuckRun());
    expect([type, await imports(), delivered()]).toEqual(['GuardTripped', ['confirmed', 'posted'], null]);
    expect(message).toContain(
      'Actito matched 0 % of the added members whose attributes were sent (0 of 150)',
    );

    // Doubtful values are sent again, and the plan is the displayed one.
    stand.actito.setFault('importsStuck', null);
    const [, hash] = /approve \S+ ([0-9a-f]{12})/.exec(message)!;
    expect(await hosted.run({ mode: 'preview', activation: id })).toMatchObject({ planHash: hash });
    expect(await (await hosted.approve(hash!, { activation: id })).result()).toMatchObject({
      counts: { members: 270, added: 270, unmatched: 119 },
    });
    expect(delivered()).not.toBeNull();
  });

  test('and Actito knows enough members of the other imports, the list is delivered', async () => {
    await know(0, 100);
    expect(await halfStuckRun()).toMatchObject({
      outcome: 'succeeded with rejects',
      counts: { added: 270, updated: 100, unmatched: 50, unsent: 120 },
      notes: expect.arrayContaining([expect.objectContaining({ reason: 'attributesNotSent' })]) as unknown,
    });
    expect([await imports(), delivered() !== null]).toEqual([['confirmed', 'posted'], true]);
  });
});

describe('if an import fails', () => {
  beforeEach(() => {
    stand.actito.setFault('importFails', { times: 1 });
  });

  test('and Actito knows too few members of the other imports, the list is not delivered', async () => {
    await know(0, 150);
    await write();
    const { type, message } = await failureOf(hosted.run({ activation: id }));
    expect([type, await imports(), delivered()]).toEqual(['GuardTripped', ['doubtful', 'confirmed'], null]);
    expect(message).toContain(
      'Actito matched 0 % of the added members whose attributes were sent (0 of 120)',
    );
  });

  test('and Actito knows enough members of the other imports, the list is delivered', async () => {
    await know(0, 270);
    await write();
    expect(await hosted.run({ activation: id })).toMatchObject({ counts: { added: 270, updated: 120 } });
    expect(delivered()).not.toBeNull();
  });

  test('and attributes are required, the run fails for that reason: no list is delivered anyway', async () => {
    await know(0, 150);
    await write({ attributesRequired: true });
    const { type } = await failureOf(hosted.run({ activation: id }));
    expect([type, delivered()]).toEqual(['ImportFailed', null]);
  });
});

test('a run without new members delivers its list, however few rows Actito accepts', async () => {
  await know(0, 270);
  await write({ guards: { minMatchRatio: 0.5, maxRemovedRatio: 1 } });
  await hosted.run({ activation: id });
  stand.actito.setFault('importRefusesRows', { every: 1 });
  await stand.warehouse.query(
    `update people set spent = spent + 1 where spent < 200; delete from people where spent > 260`,
  );
  expect(await hosted.run({ activation: id })).toMatchObject({
    counts: { added: 0, removed: 9, refused: 200 },
    list: { pushed: 'changed' },
  });
});
