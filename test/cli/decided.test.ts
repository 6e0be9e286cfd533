import { beforeEach, expect, test } from 'vitest';
import { EXIT } from '../../cli/exit-codes.ts';
import { copied, guardedForTests, hashIn } from './approval-support.ts';

const past = guardedForTests();

/** A plan that needs a decision. */
let hash: string;
beforeEach(async () => {
  await past.leave(60);
  hash = hashIn((await past.held()).err);
});

const decide = (verdict: string, plan = hash) =>
  past.ask([verdict, 'vip', plan, '--reason', 'a clean-up', '--by', 'anna']);

test('an approved and applied plan no longer needs a decision', async () => {
  expect(await decide('approve')).toMatchObject({ code: 0 });
  for (const verdict of ['approve', 'decline']) {
    const { code, err } = await decide(verdict);
    expect(code).toBe(EXIT.failed);
    expect(err).toMatch(
      /^PlanUnknown: Plan \w+ of activation vip is outdated: run \d+ succeeded after it \(\S+Z\)\. Make a new plan: actito-sync plan vip\n$/,
    );
  }
});

test('a plan that a later run has replaced is stale, even without a decision', async () => {
  await past.leave(0);
  await past.hosted.run();
  const { code, err } = await decide('approve');
  expect(code).toBe(EXIT.failed);
  expect(err).toContain(' is outdated: run ');
});

test('a second decline shows the first one with its reason; a later approval is a new decision', async () => {
  await decide('decline');
  const { code, err } = await decide('decline');
  expect(code).toBe(EXIT.failed);
  expect(err).toMatch(
    /^PlanUnknown: Plan \w+ of activation vip was already declined at \S+Z by anna \(self-reported\): a clean-up\. Runs remain held/,
  );
  expect(await decide('approve')).toMatchObject({ code: 0 });
  expect(past.listed()).toBe(60);
});

test('a declined plan that is held once more needs a decision again', async () => {
  await decide('decline');
  const again = hashIn((await past.held()).err);
  expect(again).toBe(hash);
  expect(await decide('decline')).toMatchObject({ code: 0 });
});

test('an approval that a failed run did not use is shown, with the command that uses it', async () => {
  past.stand.actito.setFault('unauthorized', { times: 1_000 });
  await past.stand.state.raw('update activations set provisioned = null');
  expect(await decide('approve')).toMatchObject({ code: EXIT.failed });
  past.stand.actito.setFault('unauthorized', null);
  const { code, err } = await decide('approve');
  expect(code).toBe(EXIT.failed);
  expect(err).toContain(' by anna (self-reported): ');
  expect(await past.ask(copied(err, 'run'))).toMatchObject({ code: 0 });
  expect(past.listed()).toBe(60);
});

test('an approval that was withdrawn has no effect', async () => {
  past.stand.actito.setFault('unauthorized', { times: 1_000 });
  await past.stand.state.raw('update activations set provisioned = null');
  await decide('approve');
  past.stand.actito.setFault('unauthorized', null);
  expect(await decide('decline')).toMatchObject({ code: 0 });
  await past.held();
});

test('a plan that no guard held cannot be approved', async () => {
  await past.leave(10);
  const { planHash } = await past.json<{ planHash: string }>(['plan', 'vip']);
  const { code, err } = await decide('approve', planHash);
  expect(code).toBe(EXIT.failed);
  expect(err).toBe(
    `PlanUnknown: Plan ${planHash} of activation vip is not held, so there is nothing to approve or decline.\n`,
  );
});
