import type { Writable } from 'node:stream';
import type { Options, Ora } from 'ora';
import { clean, oneLine } from '../contract/clean.ts';
import type { RunProgress } from '../contract/progress.ts';
import { rawOutput } from './output.ts';

/** Where people read what happens: live on a terminal, plain lines in a pipe or a file. */
export interface Terminal {
  /** A line that stays. */
  line(text?: string): void;
  /** Shows that something is under way, until it is done, failed or given up. One at a time. */
  step(text: string): Step;
}

export interface Step {
  /** Says more of what is under way, such as what it waits for; '' takes that back. Shown only where a line can be redrawn. */
  detail(text: string): void;
  /** `text` says what came of it. */
  done(text?: string): void;
  fail(text?: string): void;
  /** Neither: somebody interrupted. */
  giveUp(): void;
}

/** A terminal for `out`; without colors when the environment has NO_COLOR (no-color.org). */
export async function createTerminal(out: Writable, env: NodeJS.ProcessEnv): Promise<Terminal> {
  const line = (text = '') => void out.write(`${clean(text)}\n`);
  if (!isLive(out, env)) return { line, step: (text) => plainStep(line, text) };
  const { default: spinner } = await import('ora'); // most commands show no spinner
  let current: Ora | undefined;
  return {
    // A spinner's own line is taken away meanwhile: what stays would otherwise begin at its end.
    line: (text) => {
      current?.clear();
      line(text);
      if (current?.isSpinning) current.render();
    },
    step: (text) => liveStep((options) => (current = spinner(options)), out, text, env),
  };
}

/** Whether someone looks at it, and not a program. */
export function isTerminal(out: Writable): boolean {
  return (out as { isTTY?: boolean }).isTTY ?? false;
}

/** A terminal that can redraw a line. One without a width (`docker run -t` has such) would keep ora busy for ever. */
function isLive(out: Writable, env: NodeJS.ProcessEnv): boolean {
  const { columns = 0 } = out as { columns?: number };
  return isTerminal(out) && columns > 0 && env.TERM !== 'dumb' && !('CI' in env);
}

/** For output that only programs read. */
export const SILENT: Terminal = {
  line: () => undefined,
  step: () => ({
    detail: () => undefined,
    done: () => undefined,
    fail: () => undefined,
    giveUp: () => undefined,
  }),
};

/** Milliseconds between two changes of the seconds that a step shows. */
const TICK = 100;

function plainStep(line: (text: string) => void, text: string): Step {
  line(`${text} …`);
  return {
    detail: () => undefined,
    done: (result) => result === undefined || line(result),
    fail: (result = text) => line(`✖ ${result}`),
    giveUp: () => undefined,
  };
}

function liveStep(
  make: (options: Options) => Ora,
  out: Writable,
  text: string,
  env: NodeJS.ProcessEnv,
): Step {
  const began = performance.now();
  const elapsed = () => `(${((performance.now() - began) / 1000).toFixed(1)} s)`;
  let more = '';
  const spinner = make({
    text: oneLine(text),
    stream: rawOutput(out),
    isEnabled: true,
    suffixText: elapsed(),
    color: env.NO_COLOR ? false : 'cyan',
    discardStdin: false, // else Ctrl-C would reach only this process, and not the group as everywhere
  }).start();
  // ora draws a suffix that is a function only at the end.
  const clock = setInterval(() => {
    spinner.suffixText = elapsed();
  }, TICK);
  clock.unref();
  const end = (symbol: string, result: string) => {
    clearInterval(clock);
    spinner.stopAndPersist({ symbol, text: oneLine(result), suffixText: elapsed() });
  };
  return {
    detail: (given) => {
      if (given === more) return;
      more = given;
      spinner.text = oneLine(given === '' ? text : `${text}: ${given}`);
    },
    done: (result = text) => end('✔', result),
    fail: (result = text) => end('✖', result),
    giveUp: () => {
      clearInterval(clock);
      spinner.stop();
    },
  };
}

/** Shows the phases of one run as they begin. */
export class Phases {
  readonly #terminal: Terminal;
  #phase = '';
  #step: Step | undefined;

  constructor(terminal: Terminal) {
    this.#terminal = terminal;
  }

  show({ phase }: Pick<RunProgress, 'phase'>): void {
    if (phase === this.#phase) return;
    this.#step?.done();
    this.#phase = phase;
    this.#step = phase === 'closed' ? undefined : this.#terminal.step(phase);
  }

  /** What the phase waits for, and until when; '': nothing. */
  waitsFor(what: string): void {
    this.#step?.detail(what);
  }

  /** The run has ended as it should. */
  done(): void {
    this.#step?.done();
    this.#step = undefined;
  }

  /** It failed, or nobody looks any more. */
  leave(): void {
    this.#step?.giveUp();
    this.#step = undefined;
  }
}
