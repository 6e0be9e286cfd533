import type { Writable } from 'node:stream';
import type { Options, Ora } from 'ora';
import { clean, oneLine } from '../contract/clean.ts';
import type { RunProgress } from '../contract/progress.ts';
import { rawOutput } from './output.ts';

/** The display of progress: live on a terminal, plain lines in a pipe or a file. */
export interface Terminal {
  /** Prints a permanent line. */
  line(text?: string): void;
  /** Shows a step until it is done, failed or given up. Only one step can be active. */
  step(text: string): Step;
}

export interface Step {
  /** Shows details of the step, such as what it waits for; '' removes them. Works only if a line can be redrawn. */
  detail(text: string): void;
  /** `text` replaces the line with the outcome. */
  done(text?: string): void;
  fail(text?: string): void;
  /** The user interrupted the step, so it is neither done nor failed. */
  giveUp(): void;
}

/** Creates a terminal for `out`. NO_COLOR in the environment turns colors off (no-color.org). */
export async function createTerminal(out: Writable, env: NodeJS.ProcessEnv): Promise<Terminal> {
  const line = (text = '') => void out.write(`${clean(text)}\n`);
  if (!isLive(out, env)) return { line, step: (text) => plainStep(line, text) };
  const { default: spinner } = await import('ora'); // most commands show no spinner
  let current: Ora | undefined;
  return {
    // The spinner's line is removed first. Otherwise a permanent line would begin at its end.
    line: (text) => {
      current?.clear();
      line(text);
      if (current?.isSpinning) current.render();
    },
    step: (text) => liveStep((options) => (current = spinner(options)), out, text, env),
  };
}

/** Whether a person and not a program reads the output. */
export function isTerminal(out: Writable): boolean {
  return (out as { isTTY?: boolean }).isTTY ?? false;
}

/** Whether the terminal can redraw a line. If it has no width (as with `docker run -t`), ora would never finish. */
function isLive(out: Writable, env: NodeJS.ProcessEnv): boolean {
  const { columns = 0 } = out as { columns?: number };
  return isTerminal(out) && columns > 0 && env.TERM !== 'dumb' && !('CI' in env);
}

/** A terminal for output that only programs read. */
export const SILENT: Terminal = {
  line: () => undefined,
  step: () => ({
    detail: () => undefined,
    done: () => undefined,
    fail: () => undefined,
    giveUp: () => undefined,
  }),
};

/** Milliseconds between two updates of a step's seconds. */
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
    discardStdin: false, // otherwise Ctrl-C would reach only this process instead of the process group
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

/** Shows the phases of a run as they begin. */
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

  /** Shows what the phase waits for, and until when; '' for nothing. */
  waitsFor(what: string): void {
    this.#step?.detail(what);
  }

  /** The run has succeeded. */
  done(): void {
    this.#step?.done();
    this.#step = undefined;
  }

  /** The run has failed, or the user has stopped following it. */
  leave(): void {
    this.#step?.giveUp();
    this.#step = undefined;
  }
}
