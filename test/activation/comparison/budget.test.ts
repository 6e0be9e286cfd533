import { describe, expect, test } from 'vitest';
import { SlotBudget, slotsFor, type SlotShare } from '../../../activation/comparison/budget.ts';

/** Opens a share and notes when it was granted. */
function opening(budget: SlotBudget, slots: number, log: string[], name: string, signal?: AbortSignal) {
  return budget.open(slots, signal).then(
    (share) => {
      log.push(name);
      return share;
    },
    (error: Error) => {
      log.push(`${name}: ${error.message}`);
      return undefined;
    },
  );
}

const settled = () => new Promise((resolve) => setImmediate(resolve));

describe('a budget', () => {
  test('serves comparisons in the order of their requests, and a small one never before a large one', async () => {
    const budget = new SlotBudget(100);
    const log: string[] = [];
    const first = await opening(budget, 80, log, 'first');
    const large = opening(budget, 90, log, 'large');
    const small = opening(budget, 10, log, 'small');
    await settled();
    expect(log).toEqual(['first']);
    first!.close();
    await settled();
    expect(log).toEqual(['first', 'large', 'small']);
    (await large)!.close();
    (await small)!.close();
    expect(budget.tryTake(100)).toBe(true);
  });

  test('releases the place of an aborted wait', async () => {
    const budget = new SlotBudget(100);
    const log: string[] = [];
    const first = await opening(budget, 60, log, 'first');
    const controller = new AbortController();
    const aborted = opening(budget, 90, log, 'aborted', controller.signal);
    const next = opening(budget, 40, log, 'next');
    await settled();
    expect(log).toEqual(['first']);
    controller.abort(new Error('canceled'));
    await Promise.all([aborted, next]);
    expect(log.toSorted()).toEqual(['aborted: canceled', 'first', 'next']);
    first!.close();
    (await next)!.close();
    expect(budget.tryTake(100)).toBe(true);
  });

  test('rejects a wait whose signal is already aborted, and ignores an abort after the share was given', async () => {
    const budget = new SlotBudget(100);
    await expect(budget.open(10, AbortSignal.abort(new Error('too late')))).rejects.toThrow('too late');
    const controller = new AbortController();
    const share = await budget.open(100, controller.signal);
    controller.abort();
    expect(budget.tryTake(1)).toBe(false);
    share.close();
    expect(budget.tryTake(100)).toBe(true);
  });

  test('gives everything that it has to a comparison that wants more', async () => {
    const budget = new SlotBudget(100);
    const share = await budget.open(1_000_000);
    expect(share.use(100)).toBe(true);
    expect(share.use(1)).toBe(false);
    share.close();
    expect(budget.tryTake(100)).toBe(true);
  });

  test('lets a share grow only while no comparison waits', async () => {
    const budget = new SlotBudget(100);
    const share = await budget.open(20);
    expect(share.use(50)).toBe(true);
    const waiting = budget.open(60);
    await settled();
    expect(share.use(10)).toBe(false); // 50 are free, but they are promised
    share.close();
    expect((await waiting).use(100)).toBe(true);
  });
});

describe('a share', () => {
  let share: SlotShare;

  test('reuses what it has released, and returns everything at once', async () => {
    const budget = new SlotBudget(100);
    share = await budget.open(100);
    expect(share.use(100)).toBe(true);
    share.free(40);
    expect(share.use(40)).toBe(true);
    expect(share.use(1)).toBe(false);
    share.force(8); // beyond the budget: without a table, no comparison is possible
    share.free(8);
    share.close();
    share.close();
    expect(budget.tryTake(101)).toBe(false);
    expect(budget.tryTake(100)).toBe(true);
  });
});

test('the slots for some members contain them all, partition by partition', () => {
  for (const members of [0, 1, 333, 100_000, 1_000_000, 10_000_000]) {
    const slots = slotsFor(members);
    expect(slots * 0.6).toBeGreaterThanOrEqual(members);
    expect(slots).toBeLessThanOrEqual(Math.max(512, members * 3.4));
  }
  expect(slotsFor(0)).toBe(512);
  expect(slotsFor(1_000_000)).toBe(64 * 26 * 1_024);
});

test('pages are reused within the budget, and only the allowed number is kept', async () => {
  const budget = new SlotBudget(3 * 1_024);
  const share = await budget.open(3 * 1_024);
  const pages = Array.from({ length: 5 }, () => share.memory.takePage(1_024, 6));
  pages.forEach((page) => page.flags.fill(1));
  pages.forEach((page) => share.memory.givePageBack(page));
  const memory = pages.map(({ words }) => words.buffer);
  expect(memory).toContain(share.memory.takePage(1_024, 6).words.buffer);
  share.close();
  const again = Array.from({ length: 4 }, () => share.memory.takePage(1_024, 6));
  expect(again.filter(({ words }) => memory.includes(words.buffer))).toHaveLength(3);
  expect(again.every(({ flags }) => flags.every((flag) => flag === 0))).toBe(true);
  expect(memory).not.toContain(share.memory.takePage(1_024, 8).words.buffer);
});
