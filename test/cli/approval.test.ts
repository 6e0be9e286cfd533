import { userInfo } from 'node:os';
import { expect, test } from 'vitest';
import { DECIDE_WORKFLOW_TYPE, type DecisionInput, type DecisionResult } from '../../contract/decision.ts';
import type { PastRun } from '../../state/report/history.ts';
import { until } from '../setup/until.ts';
import { copied, guardedForTests, hashIn } from './approval-support.ts';
import { deleteIfThere } from './scheduled-project.ts';

const past = guardedForTests();

interface Decided {
  verdict: string;
  decided_by: string;
  reason: string;
  counts: Record<string, number>;
}
const decisions = async () =>
  (await past.stand.state.raw<{ rows: Decided[] }>('select * from decisions order by id')).rows;

test('a held run shows what tripped, the counts, and the commands to decide', async () => {
  await past.leave(60);
  const { code, err } = await past.held();
  expect(code).toBe(3);
  const [first, trip, plan, ...answers] = err.trimEnd().split('\n');
  expect(first).toBe('GuardTripped: the run was held. The list is unchanged.');
  expect(trip).toMatch(/^ {2}maxRemovedRatio: 50 % of the list would be removed/);
  expect(plan).toMatch(
    /^ {2}plan [0-9a-f]{12}: read 60, members 60, added 0, removed 60, changed 0, unchanged 60, rejected 0$/,
  );
  expect(answers.map((line) => line.split(/: {2,}/)[1])).toEqual([
    `actito-sync approve vip ${hashIn(err)} --reason "…"`,
    `actito-sync decline vip ${hashIn(err)} --reason "…"`,
    'actito-sync plan vip',
  ]);
});

test('the printed command to approve works: it records the approval, and the run succeeds', async () => {
  await past.leave(60);
  const command = copied((await past.held()).err, 'approve');
  const { code, out, err } = await past.ask(command, { env: { ACTITO_SYNC_USER: 'anna' } });
  expect({ code, err }).toEqual({ code: 0, err: '' });
  expect(out).toMatch(/^activation\/vip started\n/);
  expect(out).toContain('\nvip: succeeded\n');
  expect(out).toContain(
    'A guard (maxRemovedRatio) would have held this run; anna (self-reported) approved it: …',
  );
  expect(past.listed()).toBe(60);
  expect(await decisions()).toMatchObject([
    { verdict: 'approved', decided_by: 'anna', reason: '…', counts: { removed: 60, members: 60 } },
  ]);
});

test('the printed command to decline works: it shows who declined what and why, and further runs are held', async () => {
  await past.leave(60);
  const command = copied((await past.held()).err, 'decline');
  const { code, out, err } = await past.ask([...command, '--by', 'bob']);
  expect({ code, err }).toEqual({ code: 0, err: '' });
  expect(out).toMatch(
    /^vip: plan [0-9a-f]{12} was declined by bob \(self-reported\): …\n {2}read 60, members 60, added 0, removed 60/,
  );
  expect(await decisions()).toMatchObject([
    { verdict: 'refused', decided_by: 'bob', counts: { removed: 60 } },
  ]);
  await past.held();
  expect(past.listed()).toBe(120);
});

test('the printed command to look closer works', async () => {
  await past.leave(60);
  const { code, out } = await past.ask(copied((await past.held()).err, 'plan'));
  expect(code).toBe(0);
  expect(out).toContain('  guard      maxRemovedRatio would hold the run: ');
});

test('history shows who approved or declined a plan, and why', async () => {
  await past.leave(60);
  const plan = hashIn((await past.held()).err);
  await past.ask(['decline', 'vip', plan, '--by', 'ann', '--reason', 'half of the table is missing']);
  await past.held();
  await past.ask(['approve', 'vip', plan, '--by', 'bob', '--reason', 'the shop in Ghent has closed']);
  const { runs } = await past.json<{ runs: PastRun[] }>(['history', 'vip', '--limit', '2']);
  expect(runs).toMatchObject([
    {
      approved: { guards: ['maxRemovedRatio'], by: 'bob', reason: 'the shop in Ghent has closed' },
      declined: null,
    },
    { approved: null, declined: { by: 'ann', reason: 'half of the table is missing' } },
  ]);
  const { out } = await past.ask(['history', 'vip']);
  expect(out).toContain(
    `\nrun ${runs[0]!.run}: maxRemovedRatio approved by bob (self-reported): the shop in Ghent has closed\n`,
  );
  expect(out).toContain(
    `\nrun ${runs[1]!.run}: declined by ann (self-reported): half of the table is missing\n`,
  );
});

test('a plan that a guard holds is held even if it is requested by its hash', async () => {
  await past.leave(60);
  const plan = hashIn((await past.held()).err);
  const { code, err } = await past.ask(['run', 'vip', '--plan', plan]);
  expect(code).toBe(3);
  expect(hashIn(err)).toBe(plan);
  expect(past.listed()).toBe(120);
});

test('the login name decides if no other name is given', async () => {
  await past.leave(60);
  const plan = hashIn((await past.held()).err);
  const env = { ACTITO_SYNC_USER: '' };
  await past.ask(['decline', 'vip', plan, '--reason', 'x'], { env });
  const [{ decided_by: by }] = (await decisions()) as [Decided];
  expect(by).toBe(userInfo().username);
});

test('decline also works by its former name, reject, and with a hash in capitals', async () => {
  await past.leave(60);
  const plan = hashIn((await past.held()).err);
  const { code, err } = await past.ask(['reject', 'vip', plan.toUpperCase(), '--reason', 'x']);
  expect({ code, err }).toEqual({ code: 0, err: '' });
  expect(await decisions()).toMatchObject([{ verdict: 'refused' }]);
});

test('a plan can be approved before any run was held with it', async () => {
  await past.leave(60);
  const { out } = await past.ask(['plan', 'vip']);
  expect(await past.ask(copied(out, 'approve'))).toMatchObject({ code: 0 });
  expect(past.listed()).toBe(60);
});

test('figures that exceed the approved ones by more than a tenth are held again, with a plan that can be approved', async () => {
  await past.leave(50);
  const approve = copied((await past.held()).err, 'approve');
  await past.leave(56);
  const again = await past.ask(approve);
  expect(again.code).toBe(3);
  expect(past.listed()).toBe(120);
  expect(await past.ask(copied(again.err, 'approve'))).toMatchObject({ code: 0 });
  expect(past.listed()).toBe(64);
});

test('a plan held by several guards is approved as a whole, also the second time', async () => {
  await past.stand.writeActivation({ guards: { maxRemoved: 10 } });
  await past.leave(50);
  const approve = copied((await past.held()).err, 'approve');
  await past.stand.warehouse.query(`insert into people (email) select 'nobody' from generate_series(1, 30)`);
  const again = await past.ask(approve);
  expect(again.code).toBe(3);
  for (const guard of ['maxRemovedRatio', 'maxRemoved', 'maxRejectedRatio'])
    expect(again.err).toContain(`\n  ${guard}: `);
  expect(await past.ask(copied(again.err, 'approve'))).toMatchObject({ code: 0 });
  expect(past.listed()).toBe(70);
});

test('a success with rejects uses up an approval, too', async () => {
  await past.leave(40);
  await past.stand.warehouse.query(`insert into people (email) values ('nobody')`);
  const { code, out } = await past.ask(copied((await past.held()).err, 'approve'));
  expect({ code, out }).toMatchObject({
    code: 0,
    out: expect.stringContaining('succeeded with rejects') as string,
  });
  await past.stand.writeActivation({ guards: { maxRemovedRatio: 1 } });
  await past.leave(0);
  await past.hosted.run();
  await past.stand.writeActivation({ guards: {} });
  await past.leave(40);
  await past.held();
});

test('an approval that starts no run is recorded, and counts for the next one', async () => {
  await past.leave(60);
  const plan = hashIn((await past.held()).err);
  const { taskQueue, client } = past.hosted;
  const decide = async (decision: DecisionInput) =>
    (await client.workflow.execute(DECIDE_WORKFLOW_TYPE, {
      taskQueue,
      workflowId: `${taskQueue}/bare-${decision.decision}`,
      args: [decision],
    })) as DecisionResult;
  const declined = { decision: 'decline', activation: 'vip', plan, reason: 'not loaded' } as const;
  expect(await decide(declined)).toEqual({
    ...declined,
    by: 'unknown',
    run: null,
    counts: expect.objectContaining({ removed: 60 }) as object,
  });
  const approved = { ...declined, decision: 'approve', reason: 'loaded now', run: false } as const;
  expect(await decide(approved)).toMatchObject({ decision: 'approve', run: null, counts: { removed: 60 } });
  expect((await decisions()).map(({ verdict }) => verdict)).toEqual(['refused', 'approved']);
  expect(past.listed()).toBe(120);
  expect(await past.ask(['run', 'vip'])).toMatchObject({ code: 0 });
  expect(past.listed()).toBe(60);
});

test('scheduled runs continue while a held plan waits, are held too, and succeed once it is approved', async () => {
  const env = { ACTITO_SYNC_PROJECT_NAME: `approval-${process.pid}` };
  await past.stand.writeActivation({ guards: {}, schedule: { every: '24h' } });
  expect(await past.ask(['schedule', 'apply'], { env })).toMatchObject({ code: 0 });
  const schedule = past.hosted.client.schedule.getHandle('activation/vip');
  const outcomes = async () =>
    (
      await past.stand.state.raw<{ rows: { outcome: string }[] }>(
        `select outcome from runs where workflow_id like 'activation/vip-%' and closed_at is not null order by no`,
      )
    ).rows.map(({ outcome }) => outcome);
  try {
    await past.leave(60);
    const { err } = await past.held();
    await schedule.trigger();
    await until('the scheduled run was held', async () => (await outcomes()).length === 1);
    expect(await past.ask(copied(err, 'approve'))).toMatchObject({ code: 0 });
    await schedule.trigger();
    await until('the next scheduled run has ended', async () => (await outcomes()).length === 2);
    expect(await outcomes()).toEqual(['held', 'succeeded']);
  } finally {
    await deleteIfThere(past.hosted.client, 'activation/vip');
  }
});
