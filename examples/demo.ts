import { fileURLToPath } from 'node:url';
import { Command } from 'commander';
import { followRun } from '../client/follow.ts';
import { startRun } from '../client/start.ts';
import { WorkflowFailedError } from '@temporalio/client';
import { describeError } from '../cli/errors.ts';
import { describeTrouble } from '../cli/follow.ts';
import { isFailure } from '../contract/failure.ts';
import { describeResult } from '../cli/result.ts';
import { inWords } from '../cli/words.ts';
import { createTerminal, Phases, type Step, type Terminal } from '../cli/terminal.ts';
import { installLogging } from '../worker/logging.ts';
import { contactsOf, newContactsOf } from './demo/contacts.ts';
import { exportAll, exportChanges } from './demo/exports.ts';
import { whatToTry } from './demo/farewell.ts';
import { Interrupted, listenForInterrupt, type Interrupt } from '../dev/interrupt.ts';
import { letADayPass } from './demo/next-day.ts';
import { Resources } from '../dev/resources.ts';
import { CUSTOMERS, seedShop } from './demo/shop.ts';
import { beginDemoStack, type DemoStack } from './demo/stack.ts';

const ACTIVATION = 'vip-customers';
const LIST = 'VIP customers';

/** The story that `npm run demo` tells. */
class Demo {
  readonly #terminal: Terminal;
  readonly #interrupt: Interrupt;
  readonly #stack: DemoStack;
  #step: Step | undefined;

  constructor(terminal: Terminal, interrupt: Interrupt, resources: Resources) {
    this.#terminal = terminal;
    this.#interrupt = interrupt;
    this.#stack = beginDemoStack(resources, {
      log: (message) => interrupt.signal.aborted || terminal.line(message),
      onWorkerEnd: (error) => interrupt.fail(error),
    });
  }

  async tell({ keep }: { keep: boolean }): Promise<void> {
    const { shop, actito, temporal, stateUrl, shopUrl, workers, connected } = this.#stack;
    const say = (text: string) => this.#terminal.line(`\n${text}`);
    await this.#during('Starting PostgreSQL and filling the shop database', async () => {
      await seedShop(await shop);
      return `PostgreSQL with a shop of ${CUSTOMERS} customers`;
    });
    await this.#during('Starting the simulated Actito', async () => {
      const contacts = await (await actito).seedContacts(await contactsOf(await shop));
      await exportAll(await actito);
      return `Simulated Actito with ${contacts} contacts, which it exported to its SFTP server`;
    });
    await this.#during('Starting Temporal', async () => `Temporal at ${(await temporal).address}`);
    await this.#during('Starting the worker', async () => {
      await Promise.all([workers, connected]);
      return 'The worker';
    });

    say(`First run of the activation "${LIST}": customers who spent 500 or more in the past year.`);
    await this.#run();

    const { entered, left, orderedAgain, moved } = await this.#interrupt.orInterrupted(
      letADayPass(await shop),
    );
    const registered = await (await actito).seedContacts(await newContactsOf(await shop));
    await exportChanges(await actito);
    say(
      `Second run, a day later: ${entered} customers became VIPs, ${left} VIPs returned all of their orders, ` +
        `${orderedAgain} ordered again, ${moved} moved to another country, ${registered} customers got a profile in Actito.`,
    );
    await this.#run();

    say('Third run: nothing has changed in the warehouse.');
    await this.#run();
    if (!keep) return;
    say(
      whatToTry(ACTIVATION, {
        temporal: await temporal,
        actito: await actito,
        stateUrl: await stateUrl,
        shopUrl: await shopUrl,
      }).join('\n'),
    );
    await this.#interrupt.orInterrupted(new Promise(() => undefined)).catch((reason: unknown) => {
      if (!(reason instanceof Interrupted)) throw reason; // Ctrl-C is the regular end
    });
  }

  /** One run, followed and told, then what Actito itself shows. */
  async #run(): Promise<void> {
    const [client, actito] = await Promise.all([this.#stack.connected, this.#stack.actito]);
    const { signal, orInterrupted } = this.#interrupt;
    const phases = new Phases(this.#terminal);
    try {
      const { handle } = await orInterrupted(startRun(client, { activation: ACTIVATION }));
      const result = await followRun(handle, {
        signal,
        onProgress: (progress) => phases.show(progress),
        onTrouble: (trouble) => this.#terminal.line(describeTrouble(trouble)),
      });
      phases.done();
      for (const line of describeResult(result)) this.#terminal.line(line);
    } finally {
      phases.leave();
    }
    const { numberOfProfiles, expirationDate } = actito.list(LIST)!;
    this.#terminal.line(
      `Actito's list "${LIST}" now targets ${numberOfProfiles} profiles; it expires ` +
        `${inWords(expirationDate!)} (${expirationDate}).`,
    );
  }

  /** Shows that something is under way, and what came of it. */
  async #during(text: string, work: () => Promise<string>): Promise<void> {
    this.#step = this.#terminal.step(text);
    this.#step.done(await this.#interrupt.orInterrupted(work()));
    this.#step = undefined;
  }

  /** Leaves the terminal as it should be, whatever was under way. */
  leave(): void {
    this.#step?.giveUp();
  }
}

async function main(): Promise<number> {
  process.chdir(fileURLToPath(new URL('..', import.meta.url))); // its paths, and those it prints, are the checkout's
  const { keep } = new Command('npm run demo --')
    .description('Run a demo: a shop, its segment "VIP customers", a simulated Actito, and three runs.')
    .option('--keep', 'keep everything running afterwards, to try commands', false)
    .parse()
    .opts<{ keep: boolean }>();
  installLogging(process.env.LOG_LEVEL ?? 'error');
  const terminal = await createTerminal(process.stdout, process.env);
  const interrupt = listenForInterrupt();
  process.stdout.on('error', interrupt.fail); // nobody reads any more: `… | head`, a closed window
  const resources = new Resources();
  const demo = new Demo(terminal, interrupt, resources);
  try {
    await demo.tell({ keep });
    return 0;
  } catch (error) {
    demo.leave();
    if (error instanceof Interrupted) {
      terminal.line('\nInterrupted. Stopping …');
      return 130;
    }
    console.error(whatFailed(error));
    return 1;
  } finally {
    await resources.end();
  }
}

/** Failures of runs are told as everywhere; what the demo's own servers say is for who runs it, and its data are made up. */
function whatFailed(error: unknown): string {
  const isOurs = isFailure(error) || error instanceof WorkflowFailedError || !(error instanceof Error);
  return isOurs ? describeError(error).join('\n') : error.message;
}

process.exit(await main());
