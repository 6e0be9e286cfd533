import { expect, test } from 'vitest';
import type { FailedJson } from '../../cli/errors.ts';
import { WORKFLOW_TYPE } from '../../contract/names.ts';
import { until } from '../setup/until.ts';
import { pastForTests, seedPeople } from './past/support.ts';

/** `vip` succeeds, `held` is held by a guard, `broken` cannot run; the first two have the tag `nightly`. */
const past = pastForTests();

async function writeThree(): Promise<void> {
  await seedPeople(past.stand);
  await past.stand.writeActivation({ tags: ['nightly', 'shop'] });
  await past.stand.writeActivation(
    {
      tags: ['nightly'],
      segment: { name: 'Held', query: 'select * from people where false' },
      guards: { allowEmpty: false },
    },
    'held',
  );
  await past.stand.writeActivation({ tags: ['weekly'], segment: { name: 'Broken' } }, 'broken');
}

async function workflowIds(): Promise<string[]> {
  const { client, taskQueue } = past.hosted;
  const ids: string[] = [];
  for await (const { workflowId } of client.workflow.list({ query: `TaskQueue="${taskQueue}"` }))
    ids.push(workflowId);
  return ids;
}

test('--all runs every activation, prints a line for each, exits with the worst code, and starts no broken one', async () => {
  await writeThree();
  const { code, out, err } = await past.ask(['run', '--all']);
  expect({ code, err }).toEqual({ code: 1, err: '' });
  const lines = out.trimEnd().split('\n').sort();
  expect(lines).toEqual([
    expect.stringMatching(/^broken: failed: ConfigurationInvalid: Activation broken cannot run /),
    expect.stringMatching(/^held: held: .*The segment is empty.*approve held [0-9a-f]{12} /),
    expect.stringMatching(/^vip: succeeded with rejects: read 4 rows/),
  ]);
  await until('Temporal lists the runs', async () => (await workflowIds()).includes('activation/held'));
  expect(await workflowIds()).not.toContain('activation/broken');
});

test('--tag runs the activations with the tag; with --json, the output is one object with all results', async () => {
  await writeThree();
  const { code, out, err } = await past.ask(['run', '--tag', 'nightly', '--dry-run', '--json']);
  expect({ code, err }).toEqual({ code: 0, err: '' });
  const { runs } = JSON.parse(out) as { runs: { activation: string; outcome: string }[] };
  expect(runs).toMatchObject([
    { activation: 'held', outcome: 'planned' },
    { activation: 'vip', outcome: 'planned' },
  ]);

  const held = await past.ask(['run', '--tag', 'nightly', '--json']);
  expect(held).toMatchObject({ code: 3, err: '' });
  const ended = (JSON.parse(held.out) as { runs: (FailedJson & { activation: string })[] }).runs;
  expect(ended).toMatchObject([
    {
      activation: 'held',
      outcome: 'held',
      guards: [{ guard: 'allowEmpty' }],
      planHash: expect.any(String) as string,
    },
    { activation: 'vip', outcome: 'succeeded with rejects' },
  ]);
});

test('after Ctrl-C, a run that could not be started is still reported, and only the others are said to continue', async () => {
  await writeThree();
  await past.stand.writeActivation({ tags: ['weekly'] }, 'slow');
  await past.stand.writeActivation({ tags: ['weekly'] });
  const { client } = past.hosted;
  const other = await client.workflow.start(WORKFLOW_TYPE, {
    taskQueue: 'nobody-polls-this',
    workflowId: 'activation/vip',
    args: [{ activation: 'vip', mode: 'resync' }],
  });
  const interrupt = new AbortController();
  const onOutput = (out: string) => {
    if (out.includes('broken: failed: ')) interrupt.abort();
  };
  const { code, out, err } = await past.ask(['run', '--tag', 'weekly'], {
    taskQueue: 'nobody-polls-this',
    signal: interrupt.signal,
    onOutput,
  });
  expect({ code, err }).toEqual({ code: 130, err: 'The runs continue in the background.\n' });
  expect(out).toMatch(/^broken: failed: .*\nvip: busy: ActivationBusy: .*\n$/);
  await other.terminate();
  await client.workflow.getHandle('activation/slow').terminate();
});

test.each([
  ['run --tag nigthly', /^InvalidActivation: .* has the tag "nigthly", did you mean "nightly"\?/],
  ['run vip --all', /^error: an activation cannot be used with --all/],
  ['run --all --plan 0123456789ab', /^error: option '--all' cannot be used with option '--plan <hash>'/],
  ['run', /^error: missing required argument 'activation'/],
])('%s is a wrong command line', async (line, says) => {
  await writeThree();
  const { code, err } = await past.ask(line.split(' '));
  expect(code).toBe(2);
  expect(err).toMatch(says);
});
