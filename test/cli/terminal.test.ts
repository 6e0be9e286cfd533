import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { twoSteps, written } from './terminal-output.ts';

const ESCAPE = '\u001b[';

test('a pipe gets plain lines', async () => {
  expect(await written(false, {}, twoSteps)).toBe('reading …\nsending …\na note\n✖ refused\n');
});

test('a terminal shows each running step, then its result and its time', async () => {
  const text = await written(true, {}, twoSteps);
  expect(text).toMatch(/✔ reading \(\d+\.\d s\)\n/);
  expect(text).toMatch(/a note\n[^]*✖ refused \(\d+\.\d s\)\n/);
});

test('NO_COLOR gives a spinner without color', async () => {
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ['dev/start.js', 'test/cli/terminal-colors.ts'],
    { env: { ...process.env, FORCE_COLOR: '1' } },
  );
  const [colored, plain] = JSON.parse(stdout) as [string, string];
  expect(colored).toContain(`${ESCAPE}36m`);
  expect(plain).not.toMatch(/\u001b\[\d+m/);
});

test('a terminal without a width gets plain lines', async () => {
  expect(await written(true, {}, twoSteps, 0)).toBe(await written(false, {}, twoSteps));
});

test.each([{ TERM: 'dumb' }, { CI: 'true' }])(
  'an output that is not a real terminal (%o) gets plain lines',
  async (env) => {
    expect(await written(true, env, twoSteps)).not.toContain(ESCAPE);
  },
);
