import { expect, test } from 'vitest';
import { failureJson } from '../../cli/errors.ts';
import { cli } from './support.ts';

const NO_SERVERS = { TEMPORAL_ADDRESS: '127.0.0.1:1', ACTITO_SYNC_PROJECT: 'examples/demo' };

test('with --json, a failure is one line of JSON on stderr: type, reason, facts, what to do, and the whole message', async () => {
  const { code, out, err } = await cli(['run', 'vip', '--json'], { env: NO_SERVERS });
  expect({ code, out }).toEqual({ code: 1, out: '' });
  expect(err).toMatch(/^[^\n]+\n$/);
  const why = expect.any(String) as string;
  expect(JSON.parse(err)).toEqual({
    failure: {
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
    { type: 'InvalidActivation', reason: 'undoNeedsReason', facts: {} },
  ],
  [
    'attributes actitto --json',
    {
      reason: 'projectLacksDestination',
      facts: { destination: 'actitto', known: ['actito'], meant: 'actito' },
    },
  ],
  ['history vip-customers --json', { type: 'ConfigurationInvalid', reason: 'stateNotConfigured', facts: {} }],
])('a command that fails before it asks any server prints JSON, too: %s', async (line, failure) => {
  const { out, err } = await cli(line.split(' '), { env: NO_SERVERS });
  expect(out).toBe('');
  expect(JSON.parse(err)).toMatchObject({ failure });
});

test('without --json, the same failure is text', async () => {
  const { err } = await cli(['attributes', 'actitto'], { env: NO_SERVERS });
  expect(err).toMatch(/^InvalidActivation: The project .*, did you mean "actito"\?\n$/);
});

test('a wrong command line is reported as text, since no command was understood', async () => {
  const { code, err } = await cli(['run', '--json'], { env: NO_SERVERS });
  expect(code).toBe(2);
  expect(err).toMatch(/^error: missing required argument/);
});

test('an error of an unknown kind is a defect, reported by its kind and place and not by its text', () => {
  const failure = failureJson(new TypeError('Anna is odd'));
  expect(failure).toMatchObject({ type: 'Defect', reason: 'defect', facts: { kind: 'TypeError' } });
  expect(JSON.stringify(failure)).not.toContain('Anna');
});
