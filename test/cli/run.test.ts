import { beforeEach, expect, test } from 'vitest';
import type { RunProgress } from '../../contract/progress.ts';
import type { FailedJson } from '../../cli/errors.ts';
import type { RunResult } from '../../contract/result.ts';
import { until } from '../setup/until.ts';
import { LIST, resetStand } from '../support/stand.ts';
import { standWithWorker } from '../support/temporal-run.ts';
import { cli, type CliOptions } from './support.ts';

const { stand, hosted } = await standWithWorker();
beforeEach(async () => {
  await resetStand(stand);
  await stand.writeActivation();
  await stand.actito.seedContacts(['anna', 'bob'].map((name) => ({ emailAddress: `${name}@shop.be` })));
  await stand.warehouse.query(`insert into people (email, first_name, spent, city) values
    ('anna@shop.be', 'Anna', 1, 'Gent'), ('bob@shop.be', 'Bob', 2, 'Lyon'), ('eve@shop.be', 'Eve', 3, 'Metz'),
    ('nobody', 'Nob', 4, 'Mons')`);
});

const run = (args: string[], options: CliOptions = {}) =>
  cli(['run', ...args], { taskQueue: hosted.taskQueue, ...options });

/** The number or words behind a name in the printed result. */
function shown(out: string, name: string): string | undefined {
  return new RegExp(`^ {2}${name} +(.*)$`, 'm').exec(out)?.[1];
}

test('a run is followed to its end and reported with its counts', async () => {
  const { code, out, err } = await run(['vip', '--reason', 'a test']);

  expect({ code, err }).toEqual({ code: 0, err: '' });
  expect(out).toMatch(/^activation\/vip started\n/);
  expect(out).toMatch(/^[a-z ]+ …$/m);
  expect(out).toContain('\nvip: succeeded with rejects\n');
  const counts = ['read', 'added', 'removed', 'updated', 'unmatched', 'rejected'];
  expect(counts.map((name) => Number.parseInt(shown(out, name)!))).toEqual([4, 3, 0, 2, 1, 1]);
  expect(shown(out, 'reason')).toMatch(/^1 × KeyMalformed: The matching key is not an email address/);
  expect(shown(out, 'list')).toBe(`"${LIST}" delivered (first delivery), retrieved by Actito`);
  expect(Number.parseInt(shown(out, 'profiles')!)).toBe(2);
  expect(shown(out, 'expires')).toBe(`in 2 days (${stand.actito.list(LIST)!.expirationDate})`);
});

test('for an unchanged segment, the output says that the list was not delivered', async () => {
  await run(['vip']);
  const { code, out } = await run(['vip']);

  expect(code).toBe(0);
  expect(shown(out, 'list')).toBe(`"${LIST}" not delivered: unchanged and still valid`);
  expect(Number.parseInt(shown(out, 'updated')!)).toBe(0);
});

test('a dry run shows what would happen, and nothing reaches Actito', async () => {
  const { code, out } = await run(['vip', '--dry-run']);

  expect(code).toBe(0);
  expect(out).toMatch(/^plan\/vip started\n/);
  expect(shown(out, 'list')).toBe(`"${LIST}" would be delivered (first delivery)`);
  expect(stand.actito.lists()).toEqual([]);
});

test('a failure that is retried is shown while it lasts', async () => {
  stand.actito.setFault('serverError', { times: 2 });
  const { code, out } = await run(['vip']);

  expect(code).toBe(0);
  expect(out.match(/^… ActitoUnavailable: .*\(\d attempts?, .*\)$/gm)).toHaveLength(1);
});

test('--json prints the result, and nothing else', async () => {
  const { code, out, err } = await run(['vip', '--json']);

  expect({ code, err }).toEqual({ code: 0, err: '' });
  const result = JSON.parse(out) as RunResult;
  expect(result).toMatchObject({ activation: 'vip', counts: { read: 4, added: 3 }, list: { name: LIST } });
});

test('a failed run is reported by type and message', async () => {
  const { code, out, err } = await run(['vipp']);

  expect(code).toBe(2);
  expect(err).toMatch(/^InvalidActivation: The project has no activation "vipp", did you mean "vip"\?\n$/);
  expect(out).not.toContain('succeeded');
});

test('a held run shows which guards tripped', async () => {
  await stand.warehouse.query('truncate people');
  await stand.writeActivation({ guards: { allowEmpty: false } });
  const { code, err } = await run(['vip']);

  expect(code).toBe(3);
  expect(err).toMatch(
    /^GuardTripped: the run was held\. The list is unchanged\.\n {2}allowEmpty: The segment is empty/,
  );
});

test('with --json, a run that is held or cannot be started is reported as data', async () => {
  await stand.warehouse.query('truncate people');
  await stand.writeActivation({ guards: { allowEmpty: false } });
  const held = await run(['vip', '--json']);
  expect(held).toMatchObject({ code: 3, err: '' });
  const { outcome, error, guards, planHash } = JSON.parse(held.out) as FailedJson;
  expect({ outcome, guards }).toMatchObject({ outcome: 'held', guards: [{ guard: 'allowEmpty' }] });
  expect(error).toMatchObject({
    type: 'GuardTripped',
    reason: 'runHeld',
    facts: {
      activation: 'vip',
      guards: [{ guard: 'allowEmpty', reason: 'segmentEmpty', facts: { read: 0 } }],
    },
    message: expect.stringContaining('The segment is empty'),
  });
  expect(error.next).toEqual([
    { advice: 'If the change is intended', command: `actito-sync approve vip ${planHash} --reason "…"` },
  ]);

  const unknown = await run(['vip', '--plan', '0123456789ab', '--json']);
  expect(JSON.parse(unknown.out)).toMatchObject({
    outcome: 'failed',
    guards: [],
    planHash: null,
    error: {
      type: 'PlanUnknown',
      reason: 'planUnknown',
      facts: { activation: 'vip', planHash: '0123456789ab' },
    },
  });
});

test('another request for a running activation is rejected, and the command that follows the run reports its end', async () => {
  const following = cli(['run', 'vip'], { taskQueue: 'nobody-polls-this' });
  const running = hosted.client.workflow.getHandle('activation/vip');
  const isRunning = async () => (await running.describe().catch(() => null))?.status.name === 'RUNNING';
  await until('the run is open', isRunning);

  const busy = await run(['vip', '--resync']);
  expect(busy.code).toBe(5);
  expect(busy.err).toMatch(
    /^ActivationBusy: "actito-sync run vip --resync" cannot start: the workflow activation\/vip has been running since \S+ as "actito-sync run vip"\. Follow it: actito-sync run vip\. Cancel it: actito-sync cancel vip\. Or wait until it ends, then try again\.\n$/,
  );

  await running.terminate('enough');
  const { code, err } = await following;
  expect({ code, err }).toEqual({
    code: 1,
    err: 'Terminated: The run was terminated; the next run takes over and repairs the state.\n',
  });
});

test('a run is skipped, and says so, while a scheduled run holds the activation', async () => {
  stand.actito.setFault('serverError', { times: 1_000 });
  const scheduled = await hosted.start({ activation: 'vip' });
  const phase = async () => (await scheduled.query<RunProgress>('progress')).phase;
  await until('the other run is running', async () => (await phase()) === 'provisioning');

  const { code, out } = await run(['vip']);
  expect(code).toBe(5);
  expect(out).toContain(
    `\nvip: skipped\n  note       Skipped: workflow ${scheduled.workflowId} is already running`,
  );
  await scheduled.terminate();
});

test('without a worker, the command says so once, and Ctrl-C ends the command, not the run', async () => {
  const interrupt = new AbortController();
  const onOutput = (out: string) => {
    if (out.includes('npm run worker')) interrupt.abort();
  };
  const ended = await cli(['run', 'alone'], {
    taskQueue: 'nobody-polls-this',
    signal: interrupt.signal,
    onOutput,
  });

  expect(ended).toMatchObject({ code: 130, err: '' });
  expect(ended.out.match(/No worker is responding/g)).toHaveLength(1);
  expect(ended.out).toMatch(/The run continues in the background\.\n.*actito-sync run alone\n/);
  expect(ended.out).toContain('actito-sync cancel alone');
  const left = hosted.client.workflow.getHandle('activation/alone');
  expect((await left.describe()).status.name).toBe('RUNNING');
  await left.terminate();
});
