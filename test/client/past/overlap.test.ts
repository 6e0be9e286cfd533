import { expect, test } from 'vitest';
import { pastForTests, statusOf } from './support.ts';

const past = pastForTests();

test('status tells that an activation starts more often than its runs end', async () => {
  await past.stand.writeActivation({ schedule: { every: '15m' } });
  await past.ask(['run', 'vip']);
  expect((await statusOf(past, 'vip')).warnings.join('\n')).not.toContain('starts during a run are skipped');

  await past.stand.state.raw(`update runs set opened_at = closed_at - interval '25 minutes'`);
  expect((await statusOf(past, 'vip')).warnings).toContain(
    'vip: a run takes 25m, but one starts every 15m: starts during a run are skipped. Set schedule.every to 25m or more.',
  );
});
