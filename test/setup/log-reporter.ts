import { stripVTControlCharacters } from 'node:util';
import { DefaultReporter, type TestCase, type TestModule, type TestSuite } from 'vitest/node';

/** Lines of an error's message that are shown at once. The summary at the end has all of them. */
const MOST_LINES = 10;

type Failed = TestCase | TestSuite | TestModule;

/**
 * Vitest's reporter for output that is not a terminal: a dot for each file, each failure as soon as it is known, and the
 * usual summary at the end. A CI that shows only a part of a log, or that ends the command early, then still has the
 * failures.
 */
export class LogReporter extends DefaultReporter {
  /** Whether the current line has dots. */
  #hasDots = false;

  constructor() {
    super({ summary: false });
  }

  override onTestCaseResult(test: TestCase): void {
    super.onTestCaseResult(test);
    this.#report(test, test.result().errors ?? []);
  }

  /** The hooks of a `describe` can fail without any of its tests. */
  override onTestSuiteResult(suite: TestSuite): void {
    super.onTestSuiteResult(suite);
    this.#report(suite, suite.errors());
  }

  override onTestModuleEnd(module: TestModule): void {
    super.onTestModuleEnd(module);
    this.#report(module, module.errors());
    this.ctx.logger.outputStream.write('.');
    this.#hasDots = true;
  }

  override onTestRunEnd(...args: Parameters<DefaultReporter['onTestRunEnd']>): void {
    this.#endDots();
    super.onTestRunEnd(...args);
  }

  /** The names of the tests of a file are left out: the dot and the failures are enough. */
  override printTestModule(): void {}

  #report(failed: Failed, errors: readonly { message: string }[]): void {
    if (errors.length === 0) return;
    this.#endDots();
    const { moduleId } = failed.type === 'module' ? failed : failed.module;
    const name = failed.type === 'module' ? [] : [failed.fullName];
    this.log(`FAILED ${[`${failed.project.name} ${this.relative(moduleId)}`.trim(), ...name].join(' > ')}`);
    for (const { message } of errors) this.log(firstLines(message));
  }

  #endDots(): void {
    if (this.#hasDots) this.log();
    this.#hasDots = false;
  }
}

function firstLines(message: string): string {
  const lines = stripVTControlCharacters(message).split('\n');
  const shown = lines.length > MOST_LINES ? [...lines.slice(0, MOST_LINES), '…'] : lines;
  return shown.map((line) => `  ${line}`).join('\n');
}

/** The reporter for the standard output of this process. */
export function reporter(): 'default' | LogReporter {
  return process.stdout.isTTY ? 'default' : new LogReporter();
}
