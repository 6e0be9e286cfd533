import { EventEmitter, once } from 'node:events';
import { z } from 'zod';

const times = z.int().positive().optional();
const route = z.string().startsWith('/').optional();
const call = z.strictObject({ times, route });
const refusal = z.strictObject({ times, route, retryAfter: z.int().nonnegative().optional() });
const event = z.strictObject({ times });

/** The settings of each switch. `times`: how often the fault occurs (default: until it is switched off). */
const SETTINGS = {
  unauthorized: call,
  forbidden: z.strictObject({ times, route, method: z.enum(['GET', 'POST', 'PUT']).optional() }),
  tooManyRequests: refusal,
  serverError: refusal,
  lostAnswer: call,
  slow: z.strictObject({ times, route, milliseconds: z.int().positive() }),
  importFails: event,
  importRefusesRows: z.strictObject({
    times,
    every: z.int().positive(),
    code: z.string().min(1).default('REFUSED'),
  }),
  importsStuck: event,
  renameRefused: event,
  replaceRefused: event,
  uploadBreaks: z.strictObject({ times, afterBytes: z.int().nonnegative() }),
  pollerStopped: event,
  exportInPlace: z.strictObject({
    times,
    afterBytes: z.int().nonnegative().optional(),
    milliseconds: z.int().positive().optional(),
  }),
};

/**
 * The fault switches.
 *
 * On imports: `importFails` (FAILED after the first half of the rows was applied), `importRefusesRows` (every
 * `every`-th row, with `code`), `importsStuck` (stays RUNNING until switched off).
 * On SFTP and FTPS: `renameRefused` (also posix-rename), `replaceRefused` (only onto a file that exists, and there is
 * no posix-rename), `uploadBreaks` (the connection is cut after `afterBytes` bytes of a file).
 * On the poller: `pollerStopped` (a poll does nothing).
 * On standard exports: `exportInPlace` (no temporary name: the file pauses after `afterBytes` bytes, default half of it,
 * for `milliseconds` or until the fault is switched off).
 */
export type FaultName = keyof typeof SETTINGS;
/** The setting that switches a fault on. */
export type FaultSetting<N extends FaultName> = z.input<(typeof SETTINGS)[N]>;
/** The state of a fault: its setting, and how often it has been used since it was switched on. */
export type FaultState<N extends FaultName = FaultName> = z.output<(typeof SETTINGS)[N]> & { struck: number };

/** The fault switches of one simulator. */
export class Faults {
  readonly #switched = new Map<FaultName, FaultState>();
  readonly #changes = new EventEmitter().setMaxListeners(0);

  /**
   * Switches a fault on (with a new count), or off with `null`.
   * @throws Error when there is no such fault, or its setting is invalid.
   */
  set<N extends FaultName>(name: N, setting: FaultSetting<N> | null): void {
    const schema = Object.hasOwn(SETTINGS, name) ? SETTINGS[name] : undefined;
    if (!schema) {
      throw new Error(`There is no fault "${name}"; there are: ${Object.keys(SETTINGS).join(', ')}.`);
    }
    if (setting === null) this.#switched.delete(name);
    else {
      const parsed = schema.safeParse(setting);
      if (!parsed.success) throw new Error(`Fault ${name}: ${z.prettifyError(parsed.error)}`);
      this.#switched.set(name, { ...parsed.data, struck: 0 });
    }
    this.#changes.emit('change');
  }

  /** Returns all faults that are switched on, including those that are used up. */
  all(): { [N in FaultName]?: FaultState<N> } {
    return Object.fromEntries([...this.#switched].map(([name, state]) => [name, { ...state }]));
  }

  /** Returns the fault's setting if it would occur now (on that path), without counting it. */
  pending<N extends FaultName>(name: N, path = ''): FaultState<N> | undefined {
    const state = this.#switched.get(name);
    if (!state || state.struck >= (state.times ?? Infinity)) return undefined;
    if ('route' in state && state.route !== undefined && !path.startsWith(state.route)) return undefined;
    return state as FaultState<N>;
  }

  /** Like `pending`, and counts the occurrence. */
  strike<N extends FaultName>(name: N, path = ''): FaultState<N> | undefined {
    const state = this.pending(name, path);
    if (state) state.struck += 1;
    return state;
  }

  /** Resolves when the fault is switched off; rejects when `signal` is aborted. */
  async switchedOff(name: FaultName, signal: AbortSignal): Promise<void> {
    while (this.#switched.has(name)) await once(this.#changes, 'change', { signal });
  }
}
