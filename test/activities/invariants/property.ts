import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { FaultName } from '../../../simulator/faults.ts';
import { BELIEVED } from '../../../activities/import/collect.ts';
import { directRunner } from '../../support/direct-run.ts';
import { LIST, resetStand, startStand, type Stand } from '../../support/stand.ts';
import { CONTACTS, FAULTS, histories, type Person } from './history.ts';
import type { Way } from './ways.ts';
import { repeats } from '../../setup/repeats.ts';

/**
 * Invariants 1 to 6, for one way: after any history, one run without a fault repairs everything, and the next
 * runs do nothing.
 */
export function describeInvariants(way: Way, numRuns: number): void {
  let stand: Stand;
  const { after } = BELIEVED;
  let runner: Awaited<ReturnType<typeof directRunner>>;
  beforeAll(async () => {
    BELIEVED.after = 0; // the run accepts the absence of rows in error once Actito has repeated it often enough
    stand = await startStand({ importsPerTablePerDay: 1_000, ...way.simulator });
    Object.assign(stand.env, { FTPS_PASSWORD: stand.actito.ftps?.password, FTPS_CA: stand.actito.ftps?.ca });
    await stand.writeDestination(way.destination?.(stand));
    await stand.writeActivation(way.activation);
    runner = await directRunner(stand);
  });
  afterAll(async () => {
    BELIEVED.after = after;
    await runner?.close();
    await stand?.dispose();
  });

  async function startOver(): Promise<void> {
    await resetStand(stand);
    const before = { firstName: 'before', city: 'before' };
    await stand.actito.seedContacts(
      CONTACTS.map((name) => ({
        emailAddress: `${name}@shop.be`,
        [way.attribute]: way.canonical(name),
        ...before,
      })),
    );
    await way.prepare?.(stand);
  }

  async function fill(people: Person[]): Promise<void> {
    await stand.warehouse.query('truncate people');
    const column = { emailAddress: 'email', gsmNumber: 'phone', customerId: 'customer_id' }[way.attribute];
    for (const { name, first_name, spent, city } of people) {
      await stand.warehouse.query(
        `insert into people (${column}, first_name, spent, city) values ($1, $2, $3, $4)`,
        [way.spelled(name), first_name, spent, city],
      );
    }
  }

  /** Actito shows the marketer what the warehouse contains. */
  function expectListAndProfiles(people: Person[]): void {
    const known = people.filter(({ name }) => CONTACTS.includes(name));
    const keys = known.map(({ name }) => way.canonical(name)).sort();
    expect([...stand.actito.listMembers(LIST)].sort()).toEqual(keys);
    for (const { name, first_name, spent, city } of known) {
      const contact = stand.actito.contact('emailAddress', `${name}@shop.be`)!;
      if (first_name === null) expect(contact.firstName).toBeTruthy();
      else expect(contact.firstName).toBe(first_name);
      if (spent !== null) expect(contact.spent).toBe(spent);
      if (city !== null || way.clearsCity) expect(contact.city ?? '').toBe(city ?? '');
      else expect(contact.city).toBeTruthy();
    }
    expect(stand.actito.contactCount()).toBe(CONTACTS.length);
  }

  function switchFaultsOff(): void {
    for (const fault of Object.keys(stand.actito.faults()) as FaultName[]) stand.actito.setFault(fault, null);
  }

  /** A run without a fault. Actito has read the list afterwards, whether or not the run waits for that. */
  async function run() {
    await way.beforeRun?.(stand);
    const result = await runner.run();
    expect(result.notRefreshed).toBeUndefined();
    expect(result.failure).toBeUndefined();
    expect(result.plan?.guards).toEqual([]);
    await stand.actito.pollNow();
    return result;
  }

  const work = () => ({
    imports: stand.actito.imports().length,
    retrieved: stand.actito.list(LIST)?.lastRetrievedFile?.retrievedMoment,
  });

  test('after any failure, the next successful run repairs everything; later runs only keep the list alive, once', async () => {
    await fc.assert(
      fc.asyncProperty(histories(way.names), async ({ steps, last }) => {
        await startOver();
        for (const step of steps) {
          await fill(step.segment);
          switchFaultsOff();
          FAULTS[step.fault]!(stand);
          await way.beforeRun?.(stand);
          await runner.run({ killedAfter: step.killedAfter, resync: step.resync });
          expect(stand.actito.contactCount()).toBe(CONTACTS.length);
        }
        switchFaultsOff();
        await fill(last);
        await stand.age(25); // refused rows are due again
        expect(await run()).toMatchObject({ outcome: 'succeeded', counts: { unsent: 0, refused: 0 } });
        expectListAndProfiles(last);

        const before = work();
        await stand.warehouse.query(`update people set note = 'a column that is not mapped'`);
        await run();
        expect(work()).toEqual(before);

        await stand.age(22); // not yet half of the 48 hours
        await run();
        expect(work()).toEqual(before);
        await stand.age(1.5);
        await run();
        const kept = work();
        expect(kept.imports).toBe(before.imports);
        expect(kept.retrieved).not.toBe(before.retrieved);
        await run();
        expect(work()).toEqual(kept);
        if (way.onlyDocumentedRoutes) expect(stand.actito.undocumentedCalls()).toEqual({});
      }),
      { numRuns: repeats(numRuns) },
    );
  }, 900_000);
}
