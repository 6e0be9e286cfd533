import { describe, expect, test } from 'vitest';
import { publish } from '../../../state/delta/publish.ts';
import { rows } from '../../../state/state.ts';
import { until } from '../../setup/until.ts';
import { goodRun } from '../sending.ts';
import { compareInto, definitionFor, open, type CompareOptions, type SegmentRow } from '../support.ts';
import { ANNA, BOB, forgettingForTests, isAny, person } from './support.ts';

/* A person asks to be forgotten while the segment is being read: rows not written yet are never written. */

const gdpr = forgettingForTests();
const CARDS = { list: { identifier: { column: 'card', attribute: 'cardNumber' } } };
const changed = (row: SegmentRow): SegmentRow => ({ ...row, values: ['new', '2', '3'] });
/**
 * Fills a transaction of the delta, so that everything compared before is written before everything compared
 * later.
 */
const LARGE: SegmentRow = { key: 'large', values: ['x'.repeat(2_100_000), '2', '3'] };

/** Compares a segment row by row, and returns which texts the delta contains before its publication. */
async function compareRows(segment: SegmentRow[], options: CompareOptions = {}) {
  const run = await open(gdpr.world, gdpr.definition);
  const compared = await compareInto(gdpr.world, run, segment, { batch: 1, ...options });
  return {
    run,
    ...compared,
    publish: () => publish(gdpr.world.state, run, compared.attempt, compared.found),
  };
}

/** Records the request after this number of rows. */
const asksAfter = (key: string, compared: number): CompareOptions => ({
  beforeBatch: async (batch) => batch === compared && gdpr.record(key),
});

describe('a person who asks to be forgotten while the segment is read', () => {
  test.each([
    ['before their row is compared', 0],
    ['between their row and the next', 1],
    ['after the last row', 2],
  ])('%s is not written, counts as forgotten, and is not on the list', async (_, compared) => {
    const { found, publish } = await compareRows([ANNA, BOB], asksAfter('anna-4711', compared));
    expect(await gdpr.tablesWith('anna-4711')).toEqual([]);
    expect(found.counts).toMatchObject({ read: 2, forgotten: 1, duplicates: 0 });
    const { counts, plan } = await publish();
    expect(counts).toMatchObject({ read: 2, forgotten: 1, added: 1, members: 1 });
    expect(plan).toMatchObject({ toSend: 1, list: { members: 1 } });
  });

  test('is left out of all later transactions as well, also if rows of the person are waiting to be written', async () => {
    const carl = person('carl-4713');
    const { found, publish } = await compareRows([BOB, ANNA, LARGE, carl, ANNA, { ...LARGE, key: 'l2' }], {
      beforeBatch: async (batch) => {
        if (batch === 2) await gdpr.record('anna-4711');
        if (batch === 4) await gdpr.record('carl-4713');
      },
    });
    for (const text of ['anna-4711', 'carl-4713']) expect(await gdpr.tablesWith(text)).toEqual([]);
    // Anna's second row equals the first one, which was not written.
    expect(found.counts).toMatchObject({ read: 6, forgotten: 2, duplicates: 1 });
    expect((await publish()).counts).toMatchObject({ forgotten: 2, added: 3, members: 3 });
  });

  test('is dropped by publication if the row was written before', async () => {
    const { found, publish } = await compareRows([ANNA, LARGE, BOB], asksAfter('anna-4711', 3));
    expect(await gdpr.tablesWith('anna-4711')).toEqual([expect.stringMatching(/^delta_/)]);
    expect(found.counts).toMatchObject({ forgotten: 0 });
    expect((await publish()).counts).toMatchObject({ read: 3, forgotten: 1, added: 2, members: 2 });
    expect(await gdpr.tablesWith('anna-4711')).toEqual([]);
  });

  test('and is a member leaves the list, and is counted once', async () => {
    await goodRun(gdpr.world, gdpr.definition, [ANNA, BOB]);
    const { run, found, publish } = await compareRows([changed(ANNA), BOB], asksAfter('anna-4711', 1));
    const delta = `delta_${run.run}_1`;
    expect(await rows(gdpr.world.state, `select from ${delta} where key is not null`)).toEqual([]);
    expect(found.counts).toMatchObject({ forgotten: 0 });
    const { counts, plan } = await publish();
    expect(counts).toMatchObject({ read: 2, forgotten: 1, removed: 1, changed: 0, members: 1 });
    expect(plan).toMatchObject({ toSend: 0, list: { members: 1 } });
  });

  test('by the list identifier is not written either', async () => {
    gdpr.definition = definitionFor(gdpr.vip, CARDS);
    const { found, publish } = await compareRows([person('anna-4711', 'card-1')], asksAfter('card-1', 1));
    expect(await gdpr.tablesWith('card-1')).toEqual([]);
    expect(found.counts).toMatchObject({ forgotten: 1 });
    expect((await publish()).counts).toMatchObject({ forgotten: 1, members: 0 });
  });

  test('and has rows that contradict each other gets no reject, and is not counted as ambiguous', async () => {
    for (const isMember of [false, true]) {
      for (const compared of [1, 2, 3]) {
        const anna = person(`anna-${isMember}-${compared}`);
        if (isMember) await goodRun(gdpr.world, gdpr.definition, [anna]);
        const segment = [anna, changed(anna), BOB, changed(BOB)];
        const { run, publish } = await compareRows(segment, asksAfter(anna.key!, compared));
        const { counts } = await publish();
        expect(counts).toMatchObject({ read: 4, ambiguous: 1, members: 1 });
        const told = await rows(gdpr.world.state, 'select key from rejects where run = ?', [run.run]);
        expect(told).toEqual([{ key: 'bob-4712' }]);
      }
    }
  });

  test('by the identifier of a member whose rows contradict each other leaves the list', async () => {
    gdpr.definition = definitionFor(gdpr.vip, CARDS);
    await goodRun(gdpr.world, gdpr.definition, [person('anna-4711', 'card-1'), person('bob-4712', 'card-3')]);
    const rowsOfAnna = [person('anna-4711', 'card-1'), person('anna-4711', 'card-2')];
    const { run, publish } = await compareRows(
      [...rowsOfAnna, person('bob-4712', 'card-3')],
      asksAfter('card-1', 2),
    );
    expect((await publish()).counts).toMatchObject({ read: 3, forgotten: 1, removed: 1, members: 1 });
    const left = await rows(gdpr.world.state, `select membership from delta_${run.run}_1`);
    expect(left).toEqual([{ membership: 'removed' }]);
  });
});

describe('a request that is recorded while rows are written', () => {
  test.each([
    ['next', [ANNA, BOB]],
    ['after next', [LARGE, ANNA, BOB]],
  ])('is waited for, and the row of the person is not written %s', async (_, segment) => {
    const finishRecording = await gdpr.beginRecording('anna-4711');
    const comparing = compareRows(segment);
    const first = await Promise.race([comparing.then(() => 'written'), gdpr.someoneWaits()]);
    expect(first).toBeUndefined();
    await finishRecording();
    const { found, publish } = await comparing;
    expect(await gdpr.tablesWith('anna-4711')).toEqual([]);
    expect(found.counts).toMatchObject({ read: segment.length, forgotten: 1 });
    expect((await publish()).counts).toMatchObject({ forgotten: 1, members: segment.length - 1 });
  });

  test('waits until the rows are committed; in the meantime other runs continue to write', async () => {
    let release = async (): Promise<unknown> => undefined;
    const comparing = compareRows([ANNA], {
      beforeBatch: async (batch) => {
        if (batch !== 1) return;
        const keeper = await gdpr.hold(await newestDelta());
        release = () => keeper.rollback();
      },
    });
    const isHeld = `select from pg_locks where not granted and relation in (
                      select oid from pg_class where relname ~ '^delta_' and relkind = 'r')`;
    await until('rows wait to be written', () => isAny(gdpr.world.state, isHeld));
    const other = await open(gdpr.world, definitionFor(`${gdpr.vip}-other`));
    await compareInto(gdpr.world, other, [BOB]);
    let isRecorded = false;
    const recording = gdpr.record('anna-4711').then(() => (isRecorded = true));
    await gdpr.someoneWaits();
    expect(isRecorded).toBe(false);
    await release();
    const [{ found, publish }] = await Promise.all([comparing, recording]);
    expect(found.counts).toMatchObject({ forgotten: 0 });
    expect((await publish()).counts).toMatchObject({ forgotten: 1, added: 0, members: 0 });
  });

  async function newestDelta(): Promise<string> {
    const [run] = await rows<{ no: string }>(gdpr.world.state, 'select max(no) as no from runs');
    return `delta_${run!.no}_1`;
  }
});
