import { expect, onTestFinished, test, vi } from 'vitest';
import { pastForTests, seedPeople, statusOf } from './support.ts';

const past = pastForTests();

test('status reports that an activation starts more often than its runs end', async () => {
  await past.stand.writeActivation({ schedule: { every: '15m' } });
  await past.ask(['run', 'vip']);
  expect((await statusOf(past, 'vip')).warnings.join('\n')).not.toContain('starts during a run are skipped');

  await past.stand.state.raw(`update runs set opened_at = closed_at - interval '25 minutes'`);
  expect((await statusOf(past, 'vip')).warnings).toContain(
    'vip: a run takes 25m, but one starts every 15m: starts during a run are skipped. Set schedule.every to 25m or more.',
  );
});

test("the time left on a list is counted by the state database's clock, whatever this machine's clock says", async () => {
  await seedPeople(past.stand);
  await past.hosted.run();
  await past.stand.age(4);
  onTestFinished(() => void vi.useRealTimers());
  for (const hours of [-60, 60]) {
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + hours * 3_600_000 });
    const { list, warnings } = await statusOf(past, 'vip');
    vi.useRealTimers();
    expect(Math.ceil(list!.hoursLeft)).toBe(44);
    expect(warnings.join()).not.toContain('has expired');
  }
});
