import type { RunProgress } from '../../contract/progress.ts';
import type { Step, Terminal } from './terminal.ts';

/** Shows the phases of one run as they begin. */
export class Phases {
  readonly #terminal: Terminal;
  #phase = '';
  #step: Step | undefined;

  constructor(terminal: Terminal) {
    this.#terminal = terminal;
  }

  show({ phase }: RunProgress): void {
    if (phase === this.#phase) return;
    this.#step?.done();
    this.#phase = phase;
    this.#step = phase === 'closed' ? undefined : this.#terminal.step(phase);
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
