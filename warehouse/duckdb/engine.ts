import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Answers, Ask, Response } from './engine-process.ts';

/** An error of DuckDB, with its own text, which is JSON if it is of a statement. Only failures.ts reads the text. */
export class DuckdbError extends Error {
  override name = 'DuckdbError';
}

/** The process of DuckDB ended, for example because the system had no memory left. */
export class EngineEnded extends Error {
  override name = 'EngineEnded';
  /** The signal or the exit code. */
  readonly how: string;

  constructor(how: string) {
    super('The process of DuckDB ended.');
    this.how = how;
  }
}

/** The optional library is not installed. */
export class LibraryMissing extends Error {
  override name = 'LibraryMissing';
}

/** No answer within the limit; the process was killed. */
export class EngineSilent extends Error {
  override name = 'EngineSilent';
}

/** What the process inherits: none of the secrets of the worker's environment. */
const INHERITED = /^(PATH|HOME|TMPDIR|LANG|LC_ALL|TZ|NODE_EXTRA_CA_CERTS|https?_proxy|no_proxy)$/i;

/** DuckDB in a process of its own. */
export class Engine {
  readonly #child: ChildProcess;
  readonly #waiting = new Map<number, (response: Response | EngineEnded) => void>();
  readonly #exited: Promise<unknown>;
  #ended: EngineEnded | undefined;
  #asked = 0;

  /**
   * Starts the process.
   * @param name its title in the list of processes
   * @param cwd the folder in which it runs
   * @param temporary a folder that the process removes if the worker ends before it
   */
  constructor(name: string, cwd: string, temporary?: string) {
    // From the sources, it needs the loader of TypeScript.
    const isBuild = import.meta.url.endsWith('.js');
    const script = pathTo(isBuild ? './engine-process.js' : './engine-process.ts');
    const own = [name, ...(temporary === undefined ? [] : [temporary])];
    const [entry, ...args] = isBuild ? [script, ...own] : [pathTo('../../dev/start.js'), script, ...own];
    const variables = Object.entries(process.env).filter(([variable]) => INHERITED.test(variable));
    this.#child = fork(entry, args, {
      cwd,
      env: { ...Object.fromEntries(variables), MALLOC_ARENA_MAX: '1' },
      execArgv: [],
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    });
    this.#exited = once(this.#child, 'exit').catch(() => undefined);
    this.#child.on('message', (response: Response) => this.#waiting.get(response.id)?.(response));
    this.#child.once('exit', (code, signal) => this.#end(String(signal ?? `exit code ${code}`)));
    this.#child.on('error', (error: NodeJS.ErrnoException) => this.#end(error.code ?? 'error'));
  }

  /**
   * Asks the process, and waits for its answer.
   * @param limit in milliseconds; after it, the process is killed
   * @throws DuckdbError, EngineEnded, EngineSilent, LibraryMissing
   */
  async ask<A extends Ask>(ask: A, limit: number): Promise<Answers[A['ask']]> {
    const id = ++this.#asked;
    let timer: NodeJS.Timeout | undefined;
    const response = await new Promise<Response | Error>((resolve) => {
      this.#waiting.set(id, resolve);
      timer = setTimeout(() => resolve(new EngineSilent()), Math.min(limit, LONGEST_TIMER));
      this.#child.send({ ...ask, id }, (error) => error && this.#end('ipc'));
    });
    clearTimeout(timer);
    this.#waiting.delete(id);
    if (response instanceof Error) {
      await this.kill();
      throw response;
    }
    if ('missing' in response) throw new LibraryMissing();
    if ('error' in response) throw new DuckdbError(response.error);
    return response.answer as Answers[A['ask']];
  }

  /** Ends the process with what it does. It has written nothing that anybody else reads. Never throws. */
  async kill(): Promise<void> {
    this.#child.kill('SIGKILL');
    if (this.#child.pid !== undefined) await this.#exited;
    this.#end('SIGKILL');
  }

  #end(how: string): void {
    this.#ended ??= new EngineEnded(how);
    for (const resolve of this.#waiting.values()) resolve(this.#ended);
  }
}

/** The longest time of a timer in Node, in milliseconds: 24.8 days. */
const LONGEST_TIMER = 2 ** 31 - 1;

function pathTo(file: string): string {
  return fileURLToPath(new URL(file, import.meta.url));
}
