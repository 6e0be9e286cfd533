import { expect, test } from 'vitest';
import { page, type Known } from '../../workflows/story/page.ts';

const READING: Known = {
  activation: 'vip',
  taskQueue: 'shop-runs',
  name: 'VIP customers',
  segment: 'vip',
  undo: null,
  list: 'VIP',
  words: { label: '', list: () => '' },
  phase: 'reading the exports of profiles',
  outcome: null,
  failure: null,
  held: null,
  declined: false,
  counts: {},
  push: undefined,
  confirmed: undefined,
  notes: [],
};

test('the page of a run that reads the exports of profiles says so', () => {
  expect(page(READING).split('\n')[0]).toBe('**VIP customers** · reading the exports of profiles');
});

test('the page of a run counts the members who wait for a profile, and says nothing if there are none', () => {
  const counts = { read: 10, members: 7, added: 7, removed: 0 };
  expect(page({ ...READING, counts: { ...counts, waiting: 3 } })).toContain(
    '7 members (+7 −0; 3 waiting for a profile)',
  );
  expect(page({ ...READING, counts: { ...counts, waiting: 0 } })).toContain('7 members (+7 −0)');
  expect(page({ ...READING, counts: { ...counts, leaving: 1, waiting: 3 } })).toContain(
    '(+7 −0; 1 in their grace period, 3 waiting for a profile)',
  );
});
