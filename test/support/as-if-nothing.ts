import { expect } from 'vitest';
import type { RunResult } from '../../contract/result.ts';
import { LIST, type Stand } from './stand.ts';

const PEOPLE = ['anna', 'bob', 'eve'].map((name) => `${name}@shop.be`);

/** Three people whom Actito knows, without any of their values. */
export async function seedPeople(stand: Stand): Promise<void> {
  await stand.actito.seedContacts(PEOPLE.map((emailAddress) => ({ emailAddress })));
  await stand.warehouse.query(
    `insert into people select email, 'Ann', 1.5, 'Gent' from unnest($1::text[]) email`,
    [PEOPLE],
  );
}

/**
 * The result after any event during the first run: list, attributes and counts are right, one import was
 * enough, and the next run has nothing to do.
 */
export async function expectAsIfNothingHadBeen(
  stand: Stand,
  result: RunResult,
  runAgain: () => Promise<RunResult>,
): Promise<void> {
  expect(result).toMatchObject({
    outcome: 'succeeded',
    counts: { read: 3, members: 3, added: 3, updated: 3 },
    list: { profiles: 3 },
  });
  expect(result.notes.filter((note) => !note.reason.endsWith('Created'))).toEqual([]);
  expectAllThere(stand);
  expect(await runAgain()).toMatchObject({
    outcome: 'succeeded',
    counts: { unchanged: 3 },
    list: { pushed: null },
  });
  expectAllThere(stand);
}

/** The list contains exactly these people, all of their values arrived, with this number of imports. */
export function expectAllThere({ actito }: Stand, imports = 1): void {
  expect([...actito.listMembers(LIST)].sort()).toEqual(PEOPLE);
  for (const email of PEOPLE) {
    expect(actito.contact('emailAddress', email)).toMatchObject({
      firstName: 'Ann',
      spent: '1.5',
      city: 'Gent',
    });
  }
  expect(actito.imports().length).toBe(imports);
}
