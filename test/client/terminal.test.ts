import { PassThrough } from 'node:stream';
import { expect, test, vi } from 'vitest';
import { createTerminal, type Terminal } from '../../client/output/terminal.ts';

// Read when ora's colours are loaded: they look at this process's own terminal, which may be none.
vi.hoisted(() => (process.env.FORCE_COLOR = '1'));

/** What is written to a terminal or a pipe while `work` is done. */
function written(
  isTTY: boolean,
  env: NodeJS.ProcessEnv,
  work: (terminal: Terminal) => void,
  columns = 80,
): string {
  const still = () => true;
  const out = Object.assign(new PassThrough(), {
    isTTY,
    columns,
    clearLine: still,
    cursorTo: still,
    moveCursor: still,
  });
  work(createTerminal(out, env));
  return String(out.read());
}

function twoSteps(terminal: Terminal): void {
  terminal.step('reading').done();
  const step = terminal.step('sending');
  terminal.line('a note');
  step.fail('refused');
}

const ESCAPE = '\u001b[';

test('a pipe gets plain lines', () => {
  expect(written(false, {}, twoSteps)).toBe('reading …\nsending …\na note\n✖ refused\n');
});

test('a terminal shows each step while it lasts, then what came of it and the time', () => {
  const text = written(true, {}, twoSteps);
  expect(text).toMatch(/✔ reading \(\d+\.\d s\)\n/);
  expect(text).toMatch(/a note\n[^]*✖ refused \(\d+\.\d s\)\n/);
  expect(text).toContain(`${ESCAPE}36m`);
});

test('NO_COLOR leaves the spinner without colour', () => {
  expect(written(true, { NO_COLOR: '1' }, twoSteps)).not.toMatch(/\u001b\[\d+m/);
});

test('a terminal without a width gets plain lines', () => {
  expect(written(true, {}, twoSteps, 0)).toBe(written(false, {}, twoSteps));
});

test.each([{ TERM: 'dumb' }, { CI: 'true' }])('a terminal that is none (%o) gets plain lines', (env) => {
  expect(written(true, env, twoSteps)).not.toContain(ESCAPE);
});
