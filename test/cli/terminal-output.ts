import { PassThrough } from 'node:stream';
import { createTerminal, type Terminal } from '../../cli/terminal.ts';

/** The output on a terminal or a pipe while `work` runs. */
export async function written(
  isTTY: boolean,
  env: NodeJS.ProcessEnv,
  work: (terminal: Terminal) => void,
  columns = 80,
): Promise<string> {
  const still = () => true;
  const out = Object.assign(new PassThrough(), {
    isTTY,
    columns,
    clearLine: still,
    cursorTo: still,
    moveCursor: still,
  });
  work(await createTerminal(out, env));
  return String(out.read());
}

export function twoSteps(terminal: Terminal): void {
  terminal.step('reading').done();
  const step = terminal.step('sending');
  terminal.line('a note');
  step.fail('refused');
}
