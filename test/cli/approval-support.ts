import { beforeEach } from 'vitest';
import { LIST } from '../support/stand.ts';
import { pastForTests, type Past } from './past/support.ts';
import type { Ended } from './support.ts';

/** A stand on which a list of 120 was delivered, with the default guards. */
export interface Guarded extends Past {
  /** Removes this number of members from the segment. */
  leave(count: number): Promise<void>;
  /** Runs into a guard, and returns the output. */
  held(): Promise<Ended>;
  /** The profiles that Actito's list targets. */
  listed(): number;
}

/** @param reset `beforeAll` if the tests leave everything unchanged */
export function guardedForTests({ reset = beforeEach } = {}): Guarded {
  const past = pastForTests({ reset }) as Guarded;
  past.leave = async (count) => {
    await past.stand.warehouse.query('truncate people');
    await past.stand.warehouse.query(
      `insert into people (email, first_name) select 'c' || i || '@shop.be', 'Ann' from generate_series(${count}, 119) i`,
    );
  };
  past.held = async () => {
    const ended = await past.ask(['run', 'vip']);
    if (ended.code !== 3) throw new Error(`The run was not held: ${ended.out}${ended.err}`);
    return ended;
  };
  past.listed = () => [...past.stand.actito.listMembers(LIST)].length;
  reset(async () => {
    await past.stand.actito.seedContacts(
      Array.from({ length: 120 }, (_, i) => ({ emailAddress: `c${i}@shop.be` })),
    );
    await past.leave(0);
    await past.stand.writeActivation({ guards: {} });
    await past.hosted.run();
  });
  return past;
}

/** The arguments of the command that a text suggests, split like in a shell. */
export function copied(text: string, verb: string): string[] {
  const [, line] = new RegExp(`actito-sync (${verb} .*)$`, 'm').exec(text) ?? [];
  if (line === undefined) throw new Error(`No command ${verb} in: ${text}`);
  return [...line.matchAll(/"([^"]*)"|'([^']*)'|(\S+)/g)].map(([, double, single, bare]) => {
    return double ?? single ?? bare!;
  });
}

/** The hash of the plan that a held run prints. */
export function hashIn(text: string): string {
  return /^ {2}plan ([0-9a-f]{12}): /m.exec(text)![1]!;
}
