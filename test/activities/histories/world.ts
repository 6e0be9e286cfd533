import type { FaultName } from '../../../simulator/faults.ts';
import { directRunner, type DirectRun, type DirectRunOptions } from '../../support/direct-run.ts';
import { LIST, resetStand, startStand, usualActivation, type Stand } from '../../support/stand.ts';

/* The real parts of a history, and what they show of Actito. */

export interface Person {
  name: string;
  firstName: string | null;
  spent: string | null;
  city: string | null;
}

/** People in Actito, and one who is not. */
export const CONTACTS = ['a', 'b', 'c', 'd', 'e'];
/** Always in the segment and known: a run whose list has only unknown members fails. */
const ANCHOR = 'k';
export const NAMES = [...CONTACTS, 'x'];
export const OTHER = 'other';

const { attributes } = usualActivation() as { attributes: { attribute: string }[] };
/** The sets of mapped attributes in a history. */
export const MAPPINGS: Record<string, string[]> = {
  all: ['firstName', 'spent', 'city'],
  'without spent': ['firstName', 'city'],
  'without city': ['firstName', 'spent'],
};

export const address = (name: string) => `${name}@shop.be`;

/** The content of Actito: the attributes of its profiles, and the list, by name. */
export interface Shown {
  profiles: Record<string, Record<string, string>>;
  list: string[];
}

export class World {
  readonly stand: Stand;
  readonly #runner: Awaited<ReturnType<typeof directRunner>>;
  mapped = MAPPINGS.all!;
  #grace = 0;

  private constructor(stand: Stand, runner: Awaited<ReturnType<typeof directRunner>>) {
    this.stand = stand;
    this.#runner = runner;
  }

  static async start(): Promise<World> {
    const stand = await startStand({ importsPerTablePerDay: 100_000 });
    return new World(stand, await directRunner(stand));
  }

  async stop(): Promise<void> {
    await this.#runner.close();
    await this.stand.dispose();
  }

  async reset(): Promise<void> {
    const { stand } = this;
    await resetStand(stand);
    await stand.actito.seedContacts(
      [...CONTACTS, ANCHOR].map((name) => ({
        emailAddress: address(name),
        firstName: 'before',
        city: 'before',
      })),
    );
    await stand.writeDestination({ imports: { shareWithin: '10m' } });
    await this.configure(MAPPINGS.all!, 0);
  }

  /** Both activations have the same mapping, so that they can share imports. */
  async configure(mapped: string[], grace: number): Promise<void> {
    this.mapped = mapped;
    this.#grace = grace;
    const settings = {
      attributes: attributes.filter(({ attribute }) => mapped.includes(attribute)),
      ...(grace > 0 ? { removal: { after: `${grace} runs` } } : {}),
    };
    await this.stand.writeActivation(settings);
    const query = `select * from people where email < 'd'`;
    await this.stand.writeActivation(
      { ...settings, segment: { name: OTHER, query }, list: { name: OTHER } },
      OTHER,
    );
  }

  async map(mapped: string[]): Promise<void> {
    await this.configure(mapped, this.#grace);
  }

  async setGrace(runs: number): Promise<void> {
    await this.configure(this.mapped, runs);
  }

  async fill(people: Person[]): Promise<void> {
    await this.stand.warehouse.query('truncate people');
    const anchor = { name: ANCHOR, firstName: null, spent: null, city: null };
    for (const { name, firstName, spent, city } of [...people, anchor])
      await this.stand.warehouse.query(
        'insert into people (email, first_name, spent, city) values ($1, $2, $3, $4)',
        [address(name), firstName, spent, city],
      );
  }

  /** An import that waits for others is sent at the next attempt. */
  async run(options: DirectRunOptions = {}): Promise<DirectRun> {
    const result = await this.#runner.run({ beforeNextTry: () => this.#leave(), ...options });
    await this.stand.actito.pollNow();
    return result;
  }

  /** Both activations at the same time; their imports are sent once both have one, or cannot have one. */
  async runTogether(): Promise<DirectRun[]> {
    let attempts = 0;
    const beforeNextTry = async () => {
      attempts++;
      const { rows } = await this.stand.state.raw<{ rows: unknown[] }>(
        'select from import_parts join imports on id = import where shape is not null',
      );
      if (rows.length > 1 || attempts > 4) await this.#leave();
      await new Promise((resolve) => setTimeout(resolve, 20));
    };
    const runs = await Promise.all(
      ['vip', OTHER].map((activation) => this.#runner.run({ activation, beforeNextTry })),
    );
    await this.stand.actito.pollNow();
    return runs;
  }

  #leave() {
    return this.stand.state.raw('update imports set leaves_at = least(leaves_at, now())');
  }

  async forget(record: string): Promise<void> {
    for (const activation of ['vip', OTHER]) {
      const { rows } = await this.stand.state.raw<{ rows: unknown[] }>(
        'select from activations where id = ?',
        [activation],
      );
      if (rows.length > 0) await this.#runner.forget(Number(record), activation);
    }
  }

  switchFaultsOff(): void {
    const { actito } = this.stand;
    for (const fault of Object.keys(actito.faults()) as FaultName[]) actito.setFault(fault, null);
  }

  /** Everything that was done to Actito so far. */
  work(): unknown {
    const { actito } = this.stand;
    return [actito.imports().length, actito.list(LIST)?.lastRetrievedFile?.retrievedMoment];
  }

  shown(): Shown {
    const { actito } = this.stand;
    const profiles = CONTACTS.map((name) => {
      const { firstName, spent, city } = actito.contact('emailAddress', address(name))!;
      return [name, { firstName: text(firstName), spent: text(spent), city: text(city) }];
    });
    const list = actito.list(LIST) ? [...actito.listMembers(LIST)] : [];
    return {
      profiles: Object.fromEntries(profiles) as Shown['profiles'],
      list: list
        .map((email) => email.split('@')[0]!)
        .filter((name) => name !== ANCHOR)
        .sort(),
    };
  }
}

const text = (value: unknown) => (typeof value === 'string' ? value : '');
