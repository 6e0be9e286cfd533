import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { beforeEach, expect, onTestFinished, test } from 'vitest';
import { commandLine } from '../../../cli/command-line.ts';
import type { ActivationStatus } from '../../../cli/commands/status-report.ts';
import { WORKFLOW_TYPE } from '../../../contract/names.ts';
import { temporalAddress } from '../../setup/servers.ts';
import { until } from '../../setup/until.ts';
import { endOpenRuns } from '../../support/temporal-run.ts';
import { pastForTests, row, seedPeople, statusOf } from './support.ts';

const past = pastForTests();
beforeEach(() => seedPeople(past.stand));

/** `status` on a terminal of 60 columns, until its output says a text. */
async function onTerminal(args: string[], until?: string): Promise<{ code: number; out: string }> {
  const leave = new AbortController();
  const out = Object.assign(new PassThrough(), { isTTY: true, columns: 60 });
  let shown = '';
  out.on('data', (chunk: Buffer) => {
    shown += chunk.toString();
    if (until !== undefined && shown.split(until).length > 2) leave.abort();
  });
  const { stand, hosted } = past;
  const code = await commandLine(args, {
    env: {
      TEMPORAL_ADDRESS: temporalAddress(),
      ACTITO_SYNC_PROJECT: stand.projectFolder,
      ACTITO_SYNC_DATABASE_URL: stand.stateUrl,
    },
    out,
    err: new PassThrough(),
    signal: leave.signal,
    taskQueue: hosted.taskQueue,
  });
  return { code, out: shown };
}

test('status --check ends with 1 as soon as something needs a person, and says so in JSON', async () => {
  const told = async () => past.json<{ needsPerson: boolean; activations: ActivationStatus[] }>(['status']);
  expect(await past.ask(['status', '--check'])).toMatchObject({ code: 0, err: '' });
  expect(await told()).toMatchObject({ needsPerson: false, activations: [{ needsPerson: false }] });
  await past.stand.writeActivation({ segment: { name: 'VIP', table: 'nowhere' } });
  await expect(past.hosted.run()).rejects.toThrow();
  const { code, out } = await past.ask(['status', '--check']);
  expect({ code, out }).toMatchObject({ code: 1, out: expect.stringContaining('! vip: ') });
  expect((await past.ask(['status'])).code).toBe(0);
  expect(await told()).toMatchObject({ needsPerson: true, activations: [{ needsPerson: true }] });
});

test('status --check does not fail for a run that is retrying', async () => {
  past.stand.actito.setFault('serverError', {});
  onTestFinished(async () => {
    past.stand.actito.setFault('serverError', null);
    await endOpenRuns(past.hosted);
  });
  const { client, taskQueue } = past.hosted;
  await client.workflow.start(WORKFLOW_TYPE, {
    taskQueue,
    workflowId: 'activation/vip',
    args: [{ activation: 'vip' }],
  });
  await until('status reports the retries', async () =>
    (await statusOf(past, 'vip')).warnings.join().includes(' is retrying after '),
  );
  const { code, out } = await past.ask(['status', '--check']);
  expect({ code, out }).toMatchObject({ code: 0, out: expect.stringContaining(' is retrying after ') });
});

test('status --check also fails for a problem of the project folder that concerns no activation', async () => {
  const other = join(past.stand.projectFolder, 'sources/other.yaml');
  await writeFile(other, 'type: nothing\n');
  onTestFinished(() => rm(other));
  expect((await past.ask(['status', '--check'])).code).toBe(1);
});

test('status --watch repeats until it is interrupted; on a terminal the screen is cleared each time', async () => {
  const { code, out } = await onTerminal(['status', '--watch', '1'], 'ACTIVATION:');
  expect(code).toBe(130);
  expect(out.split('\u001b[H\u001b[2J')).toHaveLength(3);
  expect(out.match(/\d{4}-\d\d-\d\dT\S+\.\d{3}Z\n/g)).toHaveLength(2);
});

test('status --watch --json prints one line each time', async () => {
  const { out } = await onTerminal(['status', '--watch', '1', '--json'], '"activations"');
  const lines = out.split('\n').filter((line) => line.startsWith('{'));
  expect(lines.map((line) => (JSON.parse(line) as { temporal: string }).temporal)).toEqual(['ok', 'ok']);
});

test('status shows how many members of the list are in their grace period', async () => {
  await past.stand.writeActivation({ removal: { after: '2 runs' } });
  await past.hosted.run();
  const leaving = async () =>
    (await past.json<{ activations: ActivationStatus[] }>(['status'])).activations[0]!.leaving;
  expect(await leaving()).toBe(0);
  await past.stand.warehouse.query(`delete from people where email = 'bob@shop.be'`);
  await past.hosted.run();
  expect(await leaving()).toBe(1);
  expect(row((await past.ask(['status'])).out, 'vip')).toContain('3 (1 leaving)');
});

test('a terminal of 60 columns shows no line that is longer, but for sentences', async () => {
  await past.hosted.run();
  for (const args of [
    ['status'],
    ['history', 'vip'],
    ['rejects', 'vip'],
    ['lists', 'actito'],
    ['attributes', 'actito'],
  ]) {
    const { code, out } = await onTerminal(args);
    expect(code, args[0]).toBe(0);
    expect(out, args[0]).toMatch(/^[A-Z ]+: +\S/m);
    const cells = out.split('\n').filter((line) => /^[A-Z ]+: /.test(line));
    expect(
      cells.filter((line) => line.length > 60),
      args[0],
    ).toEqual([]);
  }
});
