import { expect, test } from 'vitest';
import type { Explanation } from '../../cli/commands/explanation.ts';
import { LIST, loseState } from '../support/stand.ts';
import { copied, guardedForTests } from './approval-support.ts';
import { typing } from './support.ts';
import { words } from '../support/words.ts';

/** A list of 120 was delivered. */
const past = guardedForTests();
const rebase = ['rebase', 'vip', '--reason', 'state lost'];
const imports = () => past.stand.actito.imports().length;

test('after a lost state, a rebase sends nothing, and the next run sends only changes and the list, once', async () => {
  await loseState(past.stand);
  const before = [imports(), past.stand.actito.calls()];
  const { code, out, err } = await past.ask(rebase);
  expect({ code, err }).toEqual({ code: 0, err: '' });
  expect(out).toContain('\nvip: succeeded\n');
  expect(out).toContain(`"${LIST}" not delivered: the next run delivers it`);
  expect(out).toContain('Nothing was sent: the state now assumes that Actito already matches the segment.');
  expect([imports(), past.stand.actito.calls()]).toEqual(before);
  expect((await past.ask(['history', 'vip'])).out).toContain('not delivered (rebase)');
  expect((await past.ask(['status'])).out).toMatch(
    /! vip: run \d+ was a rebase and sent nothing; the next run delivers the list\n/,
  );
  const explained = await past.json<Explanation>(['explain', 'vip', 'c7@shop.be']);
  expect(explained).toMatchObject({ onList: true, actito: { answer: 'assumed' } });
  expect(words(explained.because).join(' ')).toMatch(
    /since run \d+ .*, a rebase that assumed .*, without checking\./,
  );

  await past.stand.warehouse.query(`update people set first_name = 'Bea' where email = 'c7@shop.be'`);
  const next = await past.hosted.run();
  expect(next).toMatchObject({ counts: { added: 0, changed: 1, updated: 1 }, list: { pushed: 'repair' } });
  expect(past.listed()).toBe(120);
});

test('a held rebase is approved by the printed command, which sends nothing either', async () => {
  await past.leave(60);
  const held = await past.ask(rebase);
  expect(held.code).toBe(3);
  expect(held.err).toContain('\nSee its details:  actito-sync rebase vip --dry-run\n');
  const before = imports();
  const approved = await past.ask(copied(held.err, 'approve'));
  expect(approved).toMatchObject({ code: 0, err: '' });
  expect(approved.out).toContain('A guard (maxRemovedRatio) would have held this run; ');
  expect(approved.out).toContain(
    'Nothing was sent: the state now assumes that Actito already matches the segment.',
  );
  expect([past.listed(), imports()]).toEqual([120, before]);
});

test('a terminal asks, and any answer but yes does nothing', async () => {
  for (const answer of ['n', '', 'yess']) {
    const { code, out } = await past.ask(rebase, { in: typing(answer) });
    expect({ code, asked: out.includes('Continue? [y/N]') }).toEqual({ code: 130, asked: true });
    expect(out).toMatch(/Nothing was changed\.\n$/);
  }
  expect((await past.ask(['history', 'vip'])).out).not.toContain('rebase');
  expect(await past.ask(rebase, { in: typing('y') })).toMatchObject({ code: 0, err: '' });
  const { code, out } = await past.ask([...rebase, '--yes'], { in: typing('n') });
  expect({ code, asked: out.includes('Continue?') }).toEqual({ code: 0, asked: false });
});

test('--dry-run shows what a rebase would assume, needs no reason, and changes nothing', async () => {
  await loseState(past.stand);
  const before = [imports(), past.stand.actito.calls()];
  const { code, out, err } = await past.ask(['rebase', 'vip', '--dry-run']);
  expect({ code, err }).toEqual({ code: 0, err: '' });
  expect(out).toMatch(/^plan\/vip started\n[^]*\nvip: planned\n/);
  expect(out).toMatch(/^ {2}sends +nothing$/m);
  expect(out).toContain('actito-sync rebase vip --reason "…"');
  expect(out).not.toContain('--plan');
  expect([imports(), past.stand.actito.calls()]).toEqual(before);
  const { rows } = await past.stand.state.raw<{ rows: unknown[] }>('select from members_vip');
  expect(rows).toEqual([]);
});
