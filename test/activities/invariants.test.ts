import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { FaultName } from '../../simulator/faults.ts';
import { directRunner, PHASES } from '../support/direct-run.ts';
import { LIST, resetStand, startStand, type Stand } from '../support/stand.ts';

/*
 * Histories of segments and faults in which runs fail or are killed at any phase, and values and members go back to
 * what they were; then one run without a fault must repair everything.
 */

const CONTACTS = ['a', 'b', 'c', 'd', 'e'].map((name) => `${name}@shop.be`);
const STRANGERS = ['x@shop.be', 'y@shop.be'];
const FEW_VALUES = {
  first_name: fc.constantFrom('Ann', 'Bob', null),
  spent: fc.constantFrom('1', '2.50', null),
  city: fc.constantFrom('Gent', 'Lyon', null),
};

const rowArb = fc.record({ email: fc.constantFrom(...CONTACTS, ...STRANGERS), ...FEW_VALUES });
const segmentArb = fc.uniqueArray(rowArb, { selector: (row) => row.email, maxLength: 7 });
type Row = { email: string; first_name: string | null; spent: string | null; city: string | null };

const FAULTS: Record<string, (stand: Stand) => void> = {
  none: () => undefined,
  'import fails': ({ actito }) => actito.setFault('importFails', { times: 1 }),
  'import refuses rows': ({ actito }) => actito.setFault('importRefusesRows', { times: 1, every: 2 }),
  'answer of the import is lost': ({ actito }) =>
    actito.setFault('lostAnswer', { times: 1, route: '/mass-imports' }),
  'server error at the import': ({ actito }) =>
    actito.setFault('serverError', { times: 1, route: '/mass-imports' }),
  'rename refused': ({ actito }) => actito.setFault('renameRefused', { times: 1 }),
  'upload breaks': ({ actito }) => actito.setFault('uploadBreaks', { times: 1, afterBytes: 5 }),
  'too many requests': ({ actito }) =>
    actito.setFault('tooManyRequests', { times: 1, route: '/mass-imports' }),
  'token revoked': ({ actito }) => actito.setFault('unauthorized', { times: 1, route: '/mass-imports' }),
};

/**
 * Few segments, of which each step and the end take one: so values and members often go back to what they were, or
 * stay what they became, after a run that failed. Half of the steps keep everyone and change values only.
 */
const historyArb = fc
  .tuple(segmentArb, fc.array(fc.tuple(segmentArb, fc.boolean()), { minLength: 1, maxLength: 2 }))
  .map(([first, others]): Row[][] => [
    first,
    ...others.map(([other, sameMembers]) =>
      sameMembers ? first.map((row, index) => ({ ...(other[index] ?? row), email: row.email })) : other,
    ),
  ])
  .chain((segments) => {
    const segment = fc.constantFrom(...segments);
    const step = fc.record({
      segment,
      fault: fc.oneof(
        { weight: 1, arbitrary: fc.constant('none') },
        { weight: 3, arbitrary: fc.constantFrom(...Object.keys(FAULTS)) },
      ),
      killedAfter: fc.option(fc.constantFrom(...PHASES), { nil: undefined, freq: 1 }),
      resync: fc.oneof(
        { weight: 4, arbitrary: fc.constant(false) },
        { weight: 1, arbitrary: fc.constant(true) },
      ),
    });
    const settled = fc.record({
      segment,
      fault: fc.constant('none'),
      killedAfter: fc.constant(undefined),
      resync: fc.constant(false),
    });
    return fc.record({
      steps: fc
        .tuple(fc.option(settled), fc.array(step, { minLength: 1, maxLength: 3 }))
        .map(([before, steps]) => (before ? [before, ...steps] : steps)),
      last: segment,
    });
  });

let stand: Stand;
let runner: Awaited<ReturnType<typeof directRunner>>;
beforeAll(async () => {
  stand = await startStand({ importsPerTablePerDay: 1_000 });
  runner = await directRunner(stand);
});
afterAll(async () => {
  await runner?.close();
  await stand?.dispose();
});

async function fill(rows: Row[]): Promise<void> {
  await stand.warehouse.query('truncate people');
  for (const row of rows) {
    await stand.warehouse.query('insert into people values ($1, $2, $3, $4)', [
      row.email,
      row.first_name,
      row.spent,
      row.city,
    ]);
  }
}

async function startOver(): Promise<void> {
  await resetStand(stand);
  await stand.actito.seedContacts(
    CONTACTS.map((emailAddress) => ({ emailAddress, firstName: 'before', city: 'before' })),
  );
}

/** What the marketer sees is what the warehouse says. */
function expectListAndProfiles(rows: Row[]): void {
  const known = rows.filter((row) => CONTACTS.includes(row.email));
  expect([...stand.actito.listMembers(LIST)].sort()).toEqual(known.map((row) => row.email).sort());
  for (const row of known) {
    const contact = stand.actito.contact('emailAddress', row.email)!;
    if (row.first_name === null) expect(contact.firstName).toBeTruthy();
    else expect(contact.firstName).toBe(row.first_name);
    if (row.spent !== null) expect(contact.spent).toBe(row.spent);
    expect(contact.city ?? '').toBe(row.city ?? '');
  }
  expect(stand.actito.contactCount()).toBe(CONTACTS.length);
}

function switchFaultsOff(): void {
  for (const fault of Object.keys(stand.actito.faults()) as FaultName[]) stand.actito.setFault(fault, null);
}

const work = () => ({
  imports: stand.actito.imports().length,
  retrieved: stand.actito.list(LIST)?.lastRetrievedFile?.retrievedMoment,
});

test('whatever failed, the next successful run repairs all; then nothing is done until the list is kept alive, once', async () => {
  await fc.assert(
    fc.asyncProperty(historyArb, async ({ steps, last }) => {
      await startOver();
      for (const step of steps) {
        await fill(step.segment);
        switchFaultsOff();
        FAULTS[step.fault]!(stand);
        await runner.run({ killedAfter: step.killedAfter, resync: step.resync });
        expect(stand.actito.contactCount()).toBe(CONTACTS.length);
      }
      switchFaultsOff();
      await fill(last);
      await stand.age(25); // refused rows are due again
      const repair = await runner.run();
      expect(repair).toMatchObject({ outcome: 'succeeded', counts: { unsent: 0, refused: 0 } });
      expectListAndProfiles(last);

      const before = work();
      await stand.warehouse.query(`update people set note = 'a column that is not mapped'`);
      await runner.run();
      expect(work()).toEqual(before);

      await stand.age(22); // not yet half of the 48 hours
      await runner.run();
      expect(work()).toEqual(before);
      await stand.age(1.5);
      await runner.run();
      const kept = work();
      expect(kept.imports).toBe(before.imports);
      expect(kept.retrieved).not.toBe(before.retrieved);
      await runner.run();
      expect(work()).toEqual(kept);
    }),
    { numRuns: 40 },
  );
}, 600_000);
