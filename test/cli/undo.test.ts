import { expect, test } from 'vitest';
import type { PastRun } from '../../state/report/history.ts';
import type { RunResult } from '../../contract/result.ts';
import { LIST } from '../support/stand.ts';
import { copied, guardedForTests, hashIn } from './approval-support.ts';
import { shown } from './past/support.ts';

/** A first run has delivered `c0` to `c119`; the guards have their defaults. */
const past = guardedForTests();

const lastRun = async () => {
  const { runs } = await past.json<{ runs: PastRun[] }>(['history', 'vip', '--limit', '1']);
  return runs[0]!.run;
};
const members = () => [...past.stand.actito.listMembers(LIST)].sort();
const firstName = (emailAddress: string) =>
  past.stand.actito.contact('emailAddress', emailAddress)?.firstName;

/** c0 and c1 are removed, z is added, and the attributes of c2 change. */
async function change(): Promise<void> {
  await past.stand.warehouse.query(`
    delete from people where email in ('c0@shop.be', 'c1@shop.be');
    insert into people (email, first_name) values ('z@shop.be', 'Zoe');
    update people set first_name = 'New' where email = 'c2@shop.be'`);
}

/** A hundred more are added. */
async function grow(): Promise<void> {
  await past.stand.actito.seedContacts(
    Array.from({ length: 100 }, (_, i) => ({ emailAddress: `c-${i + 1}@shop.be` })),
  );
  await past.leave(-100);
  await past.hosted.run();
}

test('an undo shows its plan and writes nothing; the printed command brings the old list back, without attributes', async () => {
  const before = members();
  const first = await lastRun();
  await change();
  await past.hosted.run();
  const after = members();
  const [lists, imports] = [past.stand.actito.list(LIST), past.stand.actito.imports()];

  const { code, out, err } = await past.ask(['undo', 'vip', '--to', first]);
  expect({ code, err }).toEqual({ code: 0, err: '' });
  expect(out).toMatch(/^plan\/vip started\n/);
  expect(shown(out, 'undo')).toEqual([`the list as it was after run ${first}`]);
  expect(['members', 'added', 'removed'].map((name) => Number.parseInt(shown(out, name)[0]!))).toEqual([
    120, 2, 1,
  ]);
  expect(shown(out, 'sends')).toEqual(['the list: 120 members, about 1.4 kB']);
  expect(out).toContain('actito-sync schedule pause vip --note "…"');
  expect([past.stand.actito.list(LIST), past.stand.actito.imports()]).toEqual([lists, imports]);

  const applied = await past.ask(copied(out, 'undo'));
  expect({ code: applied.code, err: applied.err }).toEqual({ code: 0, err: '' });
  expect(shown(applied.out, 'undo')).toEqual([`the list as it was after run ${first}`]);
  expect(applied.out).toContain('The next regular run makes the list match its segment again.');
  expect(members()).toEqual(before);
  expect(past.stand.actito.imports()).toEqual(imports);
  expect(firstName('c2@shop.be')).toBe('New');

  await past.hosted.run();
  expect(members()).toEqual(after);
});

test('history shows an undo, and explain shows removed members and members who are not on the list because of it', async () => {
  const first = await lastRun();
  await change();
  await past.hosted.run();
  const second = await lastRun();
  expect((await past.ask(['explain', 'vip', 'c0@shop.be'])).out).toMatch(
    new RegExp(
      `Not on the list: it was not in the segment of run ${second} .*\\n {2}Not on the list: run ${second} \\(20\\S+\\) removed it`,
    ),
  );
  // A plan contains its mode: `run` applies the plan of an undo, too.
  const { planHash } = await past.json<RunResult>(['undo', 'vip', '--to', first]);
  expect(await past.json<RunResult>(['run', 'vip', '--plan', planHash!])).toMatchObject({ undo: first });
  const undone = await lastRun();

  expect((await past.ask(['history', 'vip'])).out).toMatch(
    new RegExp(`^${undone} .* succeeded \\(undo to ${first}\\) `, 'm'),
  );
  const { out } = await past.ask(['explain', 'vip', 'z@shop.be']);
  expect(out).toMatch(
    new RegExp(
      `run ${undone} \\(20\\S+\\) restored the list after run ${first}, which did not contain it\\.`,
    ),
  );
  expect(out).toMatch(new RegExp(`Not on the list: run ${undone} \\(20\\S+\\) removed it`));
  expect((await past.ask(['explain', 'vip', 'c0@shop.be'])).out).toContain(
    `On the list "${LIST}" since run ${undone} (20`,
  );
});

test('an undo whose list has changed since its plan ends as PlanStale, and writes nothing', async () => {
  const first = await lastRun();
  await change();
  await past.hosted.run();
  const { out } = await past.ask(['undo', 'vip', '--to', first]);
  await past.stand.warehouse.query(`delete from people where email = 'c5@shop.be'`);
  await past.hosted.run();
  const before = members();
  const { code, err } = await past.ask(copied(out, 'undo'));
  expect(code).toBe(1);
  expect(err).toMatch(
    /^PlanStale: Plan \w+ \(made \S+\) no longer matches; the current plan is \w+\. Differences: added 2 → 3\. Nothing/,
  );
  expect(members()).toEqual(before);
});

test('the printed commands decide about a held undo; an approved one applies the undo and not the segment', async () => {
  const [first, before] = [await lastRun(), members()];
  await grow();
  const { out } = await past.ask(['undo', 'vip', '--to', first]);
  expect(shown(out, 'guard')).toEqual([
    expect.stringMatching(/^maxRemovedRatio would hold the run: [\d.]+ % of the list would be removed/),
  ]);
  const [hash] = shown(out, 'plan');

  const held = await past.ask(['undo', 'vip', '--to', first, '--plan', hash!, '--reason', 'x']);
  expect(held.code).toBe(3);
  expect(hashIn(held.err)).toBe(hash);
  expect(members()).toHaveLength(220);

  expect(await past.ask(copied(out, 'decline'))).toMatchObject({
    code: 0,
    out: expect.stringContaining('was declined by'),
  });
  expect(members()).toHaveLength(220);

  const { code, err, out: approved } = await past.ask(copied(out, 'approve'));
  expect({ code, err }).toEqual({ code: 0, err: '' });
  expect(shown(approved, 'undo')).toEqual([`the list as it was after run ${first}`]);
  expect(members()).toEqual(before);
});

test('an undo to the current list says that nothing changes, and suggests no command', async () => {
  const { code, out } = await past.ask(['undo', 'vip', '--to', await lastRun()]);
  expect(code).toBe(0);
  expect(out).toMatch(/The list is already as it was after run \d+\. There is nothing to undo\.\n$/);
  expect(out).not.toContain('actito-sync');
});
