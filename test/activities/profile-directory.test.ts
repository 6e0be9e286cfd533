import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { directRunner, type DirectRun } from '../support/direct-run.ts';
import { ftpsExports, profilesSetting } from '../support/exported.ts';
import { LIST, startStand, type Stand } from '../support/stand.ts';

/*
 * The main job with documented parts only: an ETL, a list made by a marketer, standard exports, and a list whose file
 * may contain profile IDs only. Ten days with changes in the segment, in attributes and in the profiles.
 */

const DAY = 86_400_000;
/** The names in the exports are never in the future: the simulator's clock starts in the past. */
const BEHIND = 15 * DAY;

describe.concurrent.each([
  ['exports on the SFTP server of the lists', () => undefined],
  ['exports on an FTPS server of their own', ftpsExports],
])('%s', (_, serverOf) => {
  let stand: Stand;
  let runner: Awaited<ReturnType<typeof directRunner>>;
  beforeAll(async () => {
    stand = await startStand({
      assumedRoutes: 404,
      listIdentifiers: 'profileId',
      ftpsPort: 0,
      clock: () => Date.now() - BEHIND,
    });
    runner = await directRunner(stand);
  });
  afterAll(async () => {
    await runner?.close();
    await stand?.dispose();
  });

  /** The segment: first names by name. */
  const segment = new Map<string, string>();
  const email = (name: string) => `${name}@shop.be`;
  const idOf = (name: string) => stand.actito.contact('emailAddress', email(name))?.profileId;
  const create = (...names: string[]) =>
    stand.actito.seedContacts(
      names.map((name) => ({ emailAddress: email(name), firstName: 'before', city: 'Gent' })),
    );
  const rename = (from: string, to: string) =>
    stand.actito.changeContact('emailAddress', email(from), { emailAddress: email(to) });
  const remove = (name: string) => stand.actito.deleteContact('emailAddress', email(name));

  async function fill(): Promise<void> {
    await stand.warehouse.query('truncate people');
    for (const [name, first] of segment) {
      await stand.warehouse.query('insert into people (email, first_name, spent) values ($1, $2, 7)', [
        ` ${name.toUpperCase()}@Shop.BE`,
        first,
      ]);
    }
  }

  /** A day passes: Actito writes its daily export, on request also a full one, and the activation runs. */
  async function nextDay({ full = false } = {}): Promise<DirectRun> {
    stand.actito.advanceClock(DAY);
    await stand.actito.dueExports();
    if (full) await stand.actito.exportNow('full');
    await stand.age(24);
    return runOnce();
  }

  async function runOnce(): Promise<DirectRun> {
    await fill();
    const run = await runner.run();
    expect([run.failure, run.notRefreshed]).toEqual([undefined, undefined]);
    expect(run.refreshed!.notes).toEqual([]);
    await stand.actito.pollNow();
    return run;
  }

  const written = () => ({
    imports: stand.actito.imports().length,
    retrieved: stand.actito.list(LIST)!.lastRetrievedFile?.retrievedMoment,
    calls: stand.actito.calls(),
  });

  /**
   * The list targets the profiles of the segment's members that exist, and they have the attributes of the warehouse.
   * @param excluded members whose profile is not certain
   */
  async function expectInActito({ contacts, excluded = [] }: { contacts: number; excluded?: string[] }) {
    const targeted = [...segment.keys()].filter((name) => !excluded.includes(name));
    const ids = targeted.flatMap((name) => idOf(name) ?? []);
    expect([...stand.actito.listMembers(LIST)].sort()).toEqual(ids.sort());
    for (const name of targeted) {
      const contact = stand.actito.contact('emailAddress', email(name));
      if (contact) expect([name, contact.firstName]).toEqual([name, segment.get(name)]);
    }
    // No row of a member without a profile was sent, so none was in error.
    expect(stand.actito.imports().filter(({ rows }) => rows!.inError > 0)).toEqual([]);
    expect(stand.actito.contactCount()).toBe(contacts);
    expect(stand.actito.undocumentedCalls()).toEqual({});

    const before = written();
    const again = await runOnce();
    expect(again).toMatchObject({ outcome: 'succeeded', plan: { push: null, toSend: 0 } });
    expect(again.refreshed!.read).toEqual([]);
    const { imports, retrieved } = written();
    expect({ imports, retrieved }).toEqual({ imports: before.imports, retrieved: before.retrieved });
  }

  test('the list follows segment and profiles for ten days, and no contact is created', async () => {
    const { actito } = stand;
    const people = Array.from({ length: 20 }, (__, index) => `p${index + 1}`);
    const columns = ['emailAddress', 'firstName', 'spent', 'city'];
    actito.createAttribute({ name: 'spent', valueType: 'NUMBER' });
    actito.createList({ name: LIST, identifierAttribute: 'profileId', validityHours: 240 });
    actito.createEtl({
      id: '12',
      key: 'emailAddress',
      columns: Object.fromEntries(columns.map((name) => [name, name])),
    });
    const ids = { profileId: 'profileId', emailAddress: 'emailAddress' };
    actito.createExport({ name: 'full', kind: 'full', fileName: 'full_$yyyyMMdd.csv', columns: ids });
    actito.createExport({
      name: 'daily',
      kind: 'daily',
      fileName: 'profiles_$yyyyMMdd.csv.gz',
      columns: ids,
    });
    const server = serverOf(stand);
    await stand.writeDestination({
      contract: { rowResults: 'none' },
      // The names of the exports are as old as the clock is behind.
      profiles: profilesSetting({ file: 'profiles_$yyyyMMdd.csv.gz', server }, { maxAge: '30 days' }),
    });
    await stand.writeActivation({
      importMode: { etl: '12' },
      list: { provision: 'existing', identifier: 'profileId', validity: '240h' },
    });

    // Day 1: two members have no profile.
    await create(...people);
    for (const name of [...people.slice(0, 12), 'new1', 'new2']) segment.set(name, `${name} 1`);
    expect(await nextDay({ full: true })).toMatchObject({
      outcome: 'succeeded',
      plan: { push: 'first delivery' },
      counts: { added: 12, members: 12, waiting: 2, updated: 12 },
    });
    await expectInActito({ contacts: 20 });

    // Day 2: one of them appears in the daily export.
    await create('new1');
    expect(await nextDay()).toMatchObject({ counts: { added: 1, removed: 0, waiting: 1, updated: 1 } });
    await expectInActito({ contacts: 21 });

    // Day 3: churn in segment and attributes.
    for (const name of ['p1', 'p2', 'p3']) segment.delete(name);
    for (const name of ['p13', 'p14', 'p5', 'p6', 'new2']) segment.set(name, `${name} 3`);
    expect(await nextDay()).toMatchObject({ counts: { added: 2, removed: 3, updated: 4, waiting: 1 } });
    await expectInActito({ contacts: 21 });

    // Day 4: a member's profile gets another key; another profile gets the key of a member who waits.
    rename('p7', 'elsewhere');
    rename('p20', 'new2');
    expect(await nextDay()).toMatchObject({ counts: { added: 1, removed: 1, updated: 1, waiting: 1 } });
    await expectInActito({ contacts: 21 });

    // Day 5: two members exchange their profiles.
    rename('p8', 'between');
    rename('p9', 'p8');
    rename('between', 'p9');
    await nextDay();
    await expectInActito({ contacts: 21 });

    // Day 6: profiles that are deleted or merged are in no daily export, and cost nothing.
    const before = written();
    remove('p10');
    actito.mergeContacts(
      { attribute: 'emailAddress', value: email('p11') },
      { attribute: 'emailAddress', value: email('p12') },
    );
    expect(await nextDay()).toMatchObject({ plan: { push: null, toSend: 0 } });
    await expectInActito({ contacts: 19 });
    expect(written()).toMatchObject({ imports: before.imports, retrieved: before.retrieved });

    // Day 7: the full export shows that they are gone.
    expect(await nextDay({ full: true })).toMatchObject({ counts: { added: 0, removed: 2, waiting: 3 } });
    await expectInActito({ contacts: 19 });

    // Day 8: nothing changes; the daily export has a header only.
    const quiet = written();
    expect(await nextDay()).toMatchObject({ outcome: 'succeeded', plan: { push: null, toSend: 0 } });
    await expectInActito({ contacts: 19 });
    expect(written()).toMatchObject({ imports: quiet.imports, retrieved: quiet.retrieved });

    // Day 9: a person returns. Another one, too, while the directory still has the former profile.
    await create('p10');
    remove('p12');
    await create('p12');
    expect(await nextDay()).toMatchObject({ counts: { added: 1, removed: 1, waiting: 3, updated: 1 } });
    await expectInActito({ contacts: 20, excluded: ['p12'] });

    // Day 10: the full export makes the second person's profile certain. Most of the segment is replaced.
    segment.clear();
    for (const name of ['p12', 'p1', 'p2', 'p15', 'p16', 'stranger']) segment.set(name, `${name} 10`);
    expect(await nextDay({ full: true })).toMatchObject({ counts: { members: 5, waiting: 1 } });
    await expectInActito({ contacts: 20 });

    expect(Object.keys(actito.calls()).filter((route) => route.includes('target-lists'))).toEqual([]);
  });
});
