import { afterAll, beforeAll, beforeEach } from 'vitest';
import type { ActivationStatus } from '../../../cli/commands/status-report.ts';
import { words } from '../../support/words.ts';
import { resetStand, startStand, type Stand } from '../../support/stand.ts';
import { endOpenRuns, hostWorker, type Hosted } from '../../support/temporal-run.ts';
import { cli, type CliOptions, type Ended } from '../support.ts';

/** A stand with past runs for the reading commands. */
export interface Past {
  stand: Stand;
  hosted: Hosted;
  /** One command line, with the stand's project and state database. */
  ask(args: string[], options?: CliOptions): Promise<Ended>;
  /** The answer of a command with --json, which must succeed and print nothing else. */
  json<T>(args: string[]): Promise<T>;
}

/** A stand with a worker for all tests of a file; before each (or all) of them, its history is empty. */
export function pastForTests({ reset = beforeEach } = {}): Past {
  const past = {} as Past;
  beforeAll(async () => {
    past.stand = await startStand();
    past.hosted = await hostWorker(past.stand);
    past.ask = (args, options = {}) =>
      cli(args, {
        taskQueue: past.hosted.taskQueue,
        ...options,
        env: { ...environment(past.stand), ...options.env },
      });
    past.json = async <T>(args: string[]) => {
      const { code, out, err } = await past.ask([...args, '--json']);
      if (code !== 0 || err !== '') throw new Error(`It ended with ${code} and said: ${err}`);
      return JSON.parse(out) as T;
    };
  });
  afterAll(async () => {
    if (past.hosted) await endOpenRuns(past.hosted);
    await past.hosted?.close();
    await past.stand?.dispose();
  });
  reset(async () => {
    await endOpenRuns(past.hosted);
    await resetStand(past.stand);
    await past.stand.writeActivation();
  });
  return past;
}

function environment({ projectFolder, stateUrl }: Stand): NodeJS.ProcessEnv {
  return { ACTITO_SYNC_PROJECT: projectFolder, ACTITO_SYNC_DATABASE_URL: stateUrl };
}

/** The state of one activation, with its warnings in words. */
export async function statusOf(past: Past, id: string) {
  const { activations } = await past.json<{ activations: ActivationStatus[] }>(['status', id]);
  const { warnings, ...rest } = activations[0]!;
  return { ...rest, warnings: words(warnings) };
}

/** The cells of the row that begins with a text. */
export function row(out: string, first: string): string[] | undefined {
  return out
    .split('\n')
    .map((line) => line.split(/ {2,}/))
    .find(([cell]) => cell === first);
}

/** All texts under a name in the result of a run, or of a plan. */
export function shown(out: string, name: string): string[] {
  return [...out.matchAll(new RegExp(`^ {2}${name} +(.*)$`, 'gm'))].map(([, text]) => text!);
}

/** Anna and Bob are contacts, Eve is unknown to Actito, and one row has no usable key. */
export async function seedPeople({ warehouse, actito }: Stand): Promise<void> {
  await actito.seedContacts(['anna', 'bob'].map((name) => ({ emailAddress: `${name}@shop.be` })));
  await warehouse.query(`insert into people (email, first_name, spent, city) values
    ('anna@shop.be', 'Anna', 1, 'Gent'), ('bob@shop.be', 'Bob', 2, 'Lyon'), ('eve@shop.be', 'Eve', 3, 'Metz'),
    ('nobody', 'Nob', 4, 'Mons')`);
}
