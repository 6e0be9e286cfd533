import { expect, test } from 'vitest';
import { failureJson } from '../../cli/errors.ts';
import { cli } from './support.ts';

const NO_SERVERS = { TEMPORAL_ADDRESS: '127.0.0.1:1', ACTITO_SYNC_PROJECT: 'examples/demo' };

test('with --json, a failure is one object on standard output: outcome, guards, plan hash, and the error as data and text', async () => {
  const { code, out, err } = await cli(['run', 'vip-customers', '--json'], { env: NO_SERVERS });
  expect({ code, err }).toEqual({ code: 1, err: '' });
  expect(out).toMatch(/^[^\n]+\n$/);
  const why = expect.any(String) as string;
  expect(JSON.parse(out)).toEqual({
    outcome: 'failed',
    guards: [],
    planHash: null,
    error: {
      type: 'TemporalUnavailable',
      reason: 'temporalSilent',
      facts: { address: '127.0.0.1:1', why },
      next: [
        {
          advice: 'Set TEMPORAL_ADDRESS to the address of your server, or start one',
          command: 'temporal server start-dev',
        },
        { advice: 'Or start a complete demo', command: 'npm run demo -- --keep' },
      ],
      message: expect.stringMatching(/^No Temporal server is responding at 127\.0\.0\.1:1 /) as string,
    },
  });
});

test.each([
  [
    'undo vip --to 41 --plan 0123456789ab --json',
    'invalid',
    { type: 'InvalidActivation', reason: 'undoNeedsReason', facts: {} },
  ],
  [
    'attributes actitto --json',
    'invalid',
    {
      reason: 'projectLacksDestination',
      facts: { destination: 'actitto', known: ['actito'], meant: 'actito' },
    },
  ],
  [
    'history vip-customers --json',
    'failed',
    { type: 'ConfigurationInvalid', reason: 'stateNotConfigured', facts: {} },
  ],
  [
    'run vip-custmers --json',
    'invalid',
    { reason: 'activationUnknown', facts: { near: 'vip-customers' }, type: 'InvalidActivation' },
  ],
  [
    'run --json',
    'invalid',
    { reason: 'commandLineWrong', facts: { problem: "missing required argument 'activation'" } },
  ],
  ['rum vip --json', 'invalid', { reason: 'commandLineWrong' }],
])('a command that fails before it asks any server prints JSON, too: %s', async (line, outcome, error) => {
  const { out, err } = await cli(line.split(' '), { env: NO_SERVERS });
  expect(err).toBe('');
  expect(JSON.parse(out)).toMatchObject({ outcome, error, guards: [], planHash: null });
});

test('without --json, the same failure is text', async () => {
  const { err } = await cli(['attributes', 'actitto'], { env: NO_SERVERS });
  expect(err).toMatch(/^InvalidActivation: The project .*, did you mean "actito"\?\n$/);
});

test('an error of an unknown kind is a defect, reported by its kind and place and not by its text', () => {
  const failure = failureJson(new TypeError('Anna is odd'));
  expect(failure).toMatchObject({ type: 'Defect', reason: 'defect', facts: { kind: 'TypeError' } });
  expect(JSON.stringify(failure)).not.toContain('Anna');
});
