import { afterAll, beforeAll, expect, test } from 'vitest';
import { SlotBudget } from '../../activation/comparison/budget.ts';
import { directRunner } from '../support/direct-run.ts';
import { startStand, type Stand } from '../support/stand.ts';

/*
 * Rows that do not fit into memory are compared from disk, after the segment was read. That can take minutes
 * without waiting for I/O. If the worker sends no heartbeats in that time, Temporal gives the activity up and
 * starts it again and again.
 */

const PEOPLE = 100_000;
/** Rows are compared from disk in steps of 8,192. */
const STEPS = 12;

let stand: Stand;
let runner: Awaited<ReturnType<typeof directRunner>>;
beforeAll(async () => {
  stand = await startStand();
  runner = await directRunner({ ...stand, slots: new SlotBudget(512) });
  await stand.warehouse.query(
    `insert into people (email) select 'c' || i || '@shop.be' from generate_series(1, ${PEOPLE}) i`,
  );
  await stand.writeActivation({ attributes: [] });
});
afterAll(async () => {
  await runner?.close();
  await stand?.dispose();
});

/** Heartbeats of a preview that report rows, each with its turn of the event loop. */
async function beatsOfPreview() {
  const beats: { rows: number; turn: number }[] = [];
  let turn = 0;
  let next: NodeJS.Immediate | undefined;
  const count = () => {
    turn++;
    next = setImmediate(count);
  };
  count();
  const onHeartbeat = (details: unknown) => {
    const { rows } = details as { rows?: number };
    if (rows !== undefined) beats.push({ rows, turn });
  };
  const { plan } = await runner.run({ dryRun: true, onHeartbeat });
  clearImmediate(next);
  return { beats, counts: plan!.counts };
}

test('a comparison reports how many rows it has read while it reads them', async () => {
  const { beats, counts } = await beatsOfPreview();
  expect(counts).toMatchObject({ added: PEOPLE });
  const whileReading = beats.map(({ rows }) => rows).filter((rows) => rows < PEOPLE);
  expect(whileReading.length).toBeGreaterThan(5);
  expect(whileReading).toEqual(whileReading.toSorted((a, b) => a - b));
});

test('after reading, a comparison sends heartbeats between its steps, even if nothing differs', async () => {
  await runner.run();
  const { beats, counts } = await beatsOfPreview();
  expect(counts).toMatchObject({ unchanged: PEOPLE });
  const turns = beats.filter(({ rows }) => rows === PEOPLE).map(({ turn }) => turn);
  expect(turns.length).toBeGreaterThanOrEqual(STEPS);
  // The timer of the heartbeats may share a turn with a step.
  const perTurn = turns.map((turn) => turns.filter((other) => other === turn).length);
  expect(Math.max(...perTurn)).toBeLessThanOrEqual(2);
});
