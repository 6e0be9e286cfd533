import { expect, test } from 'vitest';
import { decisionSchema } from '../../contract/decision.ts';
import { page, type Known } from '../../workflows/story/page.ts';

const PLAN = '0123456789ab';
const APPROVE = `actito-sync approve vip ${PLAN} --reason "…"`;
const DECLINE = `actito-sync decline vip ${PLAN} --reason "…"`;
const RUN: Known = {
  activation: 'vip',
  taskQueue: 'shop-runs',
  name: 'VIP customers',
  segment: 'vip',
  undo: null,
  list: 'VIP',
  words: { label: '', list: () => '' },
  phase: 'closed',
  outcome: 'failed',
  failure: 'Actito answered 503 to GET lists.',
  held: null,
  declined: false,
  counts: { members: 600, removed: 400 },
  push: null,
  confirmed: undefined,
  notes: [],
};
const HELD: Known = {
  ...RUN,
  outcome: 'held',
  failure: `The run of vip is held; its list was not changed. 400 members would be removed; the limit is 100. If the change is intended: ${APPROVE}`,
  answer: APPROVE,
  held: PLAN,
};

test('the page of a held run says that it needs a decision; the page of a failed run does not', () => {
  expect([page(HELD), page(RUN)].map((text) => text.split('\n')[0])).toEqual([
    '**VIP customers** · held: needs a decision',
    '**VIP customers** · failed',
  ]);
  expect(page(RUN)).not.toContain('decide');
});

test('the page of a held run shows inputs of decide to paste, for both decisions, beside the commands', () => {
  const code = page(HELD)
    .split('\n')
    .filter((line) => line.startsWith('    '))
    .map((line) => line.trim());
  const inputs = code
    .filter((line) => line.startsWith('{'))
    .map((line) => decisionSchema.parse(JSON.parse(line)));
  expect(inputs).toMatchObject([
    { activation: 'vip', plan: PLAN, decision: 'approve' },
    { activation: 'vip', plan: PLAN, decision: 'decline' },
  ]);
  expect(code).toEqual(expect.arrayContaining([APPROVE, DECLINE]));
  expect(page(HELD)).toContain('`decide` on task queue `shop-runs`');
});

test('the page of a held run whose plan was declined offers only to approve it', () => {
  const text = page({ ...HELD, declined: true });
  expect(text).toContain(APPROVE);
  expect(text).toContain('"decision":"approve"');
  expect(text).not.toMatch(/decline/i);
});
