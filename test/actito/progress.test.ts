import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { type NoProgress, Progress } from '../../actito/delivery/progress.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const ended: NoProgress[] = [];
function watch(limit = 60_000): Progress {
  ended.length = 0;
  return new Progress(limit, (error) => ended.push(error));
}

const forever = () => new Promise<never>(() => undefined);

test('a call without progress ends the connection after the timeout', () => {
  void watch().during(forever);
  vi.advanceTimersByTime(59_999);
  expect(ended).toEqual([]);
  vi.advanceTimersByTime(1);
  expect(ended).toEqual([expect.objectContaining({ name: 'NoProgress', seconds: 60 })]);
});

test('each sign of progress restarts the timeout', () => {
  const progress = watch();
  void progress.during(forever);
  for (let minute = 0; minute < 120; minute++) {
    vi.advanceTimersByTime(59_999);
    progress.moved();
  }
  expect(ended).toEqual([]);
  vi.advanceTimersByTime(60_000);
  expect(ended).toHaveLength(1);
});

test('each of many calls that ends is progress, and the others are still watched', async () => {
  const progress = watch();
  let answer!: () => void;
  const first = progress.during(() => new Promise<void>((resolve) => (answer = resolve)));
  void progress.during(forever);
  vi.advanceTimersByTime(59_999);
  answer();
  await first;
  vi.advanceTimersByTime(59_999);
  expect(ended).toEqual([]);
  vi.advanceTimersByTime(1);
  expect(ended).toHaveLength(1);
});

test('no timeout runs between calls, also after a failed call', async () => {
  const progress = watch();
  await progress.during(() => Promise.reject(new Error('refused'))).catch(() => undefined);
  progress.moved();
  vi.advanceTimersByTime(600_000);
  expect(ended).toEqual([]);
  expect(vi.getTimerCount()).toBe(0);
});
