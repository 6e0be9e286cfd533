import { beforeEach, expect, test } from 'vitest';
import { pastForTests, seedPeople, statusOf } from './support.ts';

const past = pastForTests();
beforeEach(() => seedPeople(past.stand));

const one = (id: string) => statusOf(past, id);

test('status shows since when an activation waits for an import, and which one comes first', async () => {
  await past.stand.writeDestination({ limits: { importsPerTablePerDay: 1 } });
  const [first, second] = ['spring', 'summer'];
  for (const id of [first, second]) await past.stand.writeActivation({ list: { name: id } }, id);
  for (const activation of ['vip', first, second]) await past.hosted.run({ activation });
  const { imports, warnings } = await one(second);
  expect(imports).toMatchObject({
    used: 1,
    left: 0,
    waiting: [{ activation: first }, { activation: second }],
  });
  const [, { since }] = imports!.waiting as [unknown, { since: Date }];
  expect(warnings).toContain(
    `${second}: its attributes have been waiting for an import since ${String(since)}; its next run sends them. ` +
      `The quota has 0 of 1 import left; ahead in the queue: ${first}`,
  );
  expect((await one(first)).warnings.join()).toContain(
    '0 of 1 import left; this activation is next in the queue',
  );
  expect((await one('vip')).warnings.join()).not.toContain('its attributes wait');
});
