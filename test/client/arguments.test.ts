import { expect, test } from 'vitest';
import { cli } from './support.ts';

test.each([
  { what: 'no activation', args: ['run'], says: "missing required argument 'activation'" },
  { what: 'an unknown option', args: ['run', 'vip', '--dryrun'], says: '(Did you mean --dry-run?)' },
  { what: 'an unknown command', args: ['rum', 'vip'], says: '(Did you mean run?)' },
  { what: 'two activations', args: ['run', 'vip', 'other'], says: 'too many arguments' },
  { what: 'no command', args: [], says: 'Usage: npm run activation --' },
  { what: 'half a command', args: ['schedule'], says: 'Usage: npm run activation -- schedule' },
  {
    what: 'a reason that is too long',
    args: ['run', 'vip', '--reason', 'x'.repeat(201)],
    says: '200 characters',
  },
])('$what is a wrong command line', async ({ args, says }) => {
  const { code, out, err } = await cli(args);
  expect({ code, out }).toEqual({ code: 2, out: '' });
  expect(err).toContain(says);
});

test('help is no error, and tells the exit codes', async () => {
  const { code, out } = await cli(['run', '--help']);
  expect(code).toBe(0);
  expect(out).toContain('3 held by a guard');
});
