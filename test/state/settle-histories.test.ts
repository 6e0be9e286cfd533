import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readChunks } from '../../state/imports/chunks.ts';
import { closeRun } from '../../state/runs/close.ts';
import type { RowResult } from '../../state/imports/results.ts';
import type { PlannedRun } from '../../state/runs/runs.ts';
import { settleRun } from '../../state/settle/settle.ts';
import { rows } from '../../state/state.ts';
import { chunkFile, cutAgain } from './chunk-files.ts';
import { deliver, FATES, goodRun, planned, sendChunk, type Fate } from './sending.ts';
import {
  activationRow,
  definitionFor,
  freshState,
  marksOf,
  membersOf,
  newActivation,
  open,
  runRow,
  type SegmentRow,
  type StateWorld,
} from './support.ts';
import { ended } from '../support/ended.ts';
import { repeats } from '../setup/repeats.ts';

/*
 * Histories of runs in which imports, deliveries and settling fail in every way, beside the certain facts
 * about Actito: nothing unconfirmed may ever be acknowledged, and nothing confirmed may be lost.
 */

let world: StateWorld;
beforeAll(async () => {
  world = await freshState();
});
afterAll(() => world?.dispose());

type Values = (string | null)[];
type Definition = ReturnType<typeof definitionFor>;

const segmentArb = fc.uniqueArray(
  fc.record({
    key: fc.constantFrom('a', 'b', 'c', 'd', 'e'),
    values: fc.constantFrom<Values>(['1', '2', '3'], ['9', '2', null], [null, '2', '3'], [null, null, null]),
  }),
  { selector: ({ key }) => key },
) as fc.Arbitrary<SegmentRow[]>;

const stepArb = fc.record({
  segment: segmentArb,
  /** The results of the files of this run, one after the other. */
  fates: fc.array(fc.constantFrom(...FATES, 'confirmed'), { minLength: 5, maxLength: 5 }),
  /** The results of single rows in confirmed files. */
  results: fc.array(fc.constantFrom(null, null, 'refused', 'unmatched'), { minLength: 5, maxLength: 5 }),
  delivery: fc.constantFrom('arrives', 'breaks', 'is not tried'),
  /** A guard holds the run after its import: nothing is delivered. */
  held: fc.constantFrom(false, false, true),
  end: fc.constantFrom('settles', 'settles twice', 'is killed'),
});
type Step = typeof stepArb extends fc.Arbitrary<infer T> ? T : never;

/** The certain facts: values last sent by member (null: in doubt), and the members of the list delivered last. */
interface Certain {
  sent: Map<string, { values: Values; outcome: string } | null>;
  listed: string[];
}

const MAPPED = { attributes: ['a', 'b', 'c'].map((name) => ({ column: name, attribute: name })) };

const CHANGES_NOTHING: Fate[] = ['untouched', 'refused'];

/** The certain values after an import; undefined: the former certain values. */
function certainAfter(fate: Fate, values: Values, outcome: string | null) {
  if (CHANGES_NOTHING.includes(fate)) return undefined;
  if (fate === 'unexplained') return { values, outcome: fate };
  return fate === 'confirmed' ? { values, outcome: outcome ?? 'ok' } : null;
}

async function hold({ run }: PlannedRun): Promise<void> {
  const guards = [{ guard: 'minMatchRatio', figure: 1, message: 'Too few.' }];
  await world.state.raw('update runs set plan = plan || :guards where no = :run', {
    run,
    guards: JSON.stringify({ guards }),
  });
}

async function runStep(definition: Definition, step: Step, certain: Certain): Promise<void> {
  const run = await planned(world, definition, step.segment);
  await expectNothingInvented(definition, certain); // an earlier run that was killed is settled now
  await cutAgain(world, run, 60);
  const chunks = await readChunks(world.state, run.run);
  const fates = chunks.map((_, index) => step.fates[index % 5]!);
  const isSent = chunks.some(({ pattern }, i) => pattern.includes('0') && fates[i] !== 'untouched');
  for (const [index, chunk] of chunks.entries()) {
    const isEmpty = !chunk.pattern.includes('0');
    const { keys } = await chunkFile(world, run, chunk);
    const results: RowResult[] = [];
    for (const key of keys) {
      const { values } = step.segment.find((row) => row.key === key)!;
      const outcome = fates[index] === 'confirmed' && !isEmpty ? step.results['abcde'.indexOf(key)]! : null;
      if (outcome) results.push({ key, outcome, reason: 'REASON' });
      const after = isEmpty ? { values, outcome: 'nothing' } : certainAfter(fates[index]!, values, outcome);
      if (after !== undefined && (!isEmpty || isSent || !step.held)) certain.sent.set(key, after);
    }
    if (!isEmpty) await sendChunk(world, run, chunk, fates[index]!, results);
  }
  if (step.held) await hold(run);
  else if (run.plan.push && step.delivery !== 'is not tried') {
    await deliver(world, run, { arrives: step.delivery === 'arrives' });
    if (step.delivery === 'arrives') certain.listed = step.segment.map(({ key }) => key!).sort();
  }
  if (step.end === 'is killed') return;
  await settleRun(world.state, run);
  if (step.end === 'settles twice') {
    const { id } = definition.activation;
    const once = [await membersOf(world, id), await activationRow(world, id), await runRow(world, run.run)];
    await settleRun(world.state, run);
    expect([
      await membersOf(world, id),
      await activationRow(world, id),
      await runRow(world, run.run),
    ]).toEqual(once);
  }
  await closeRun(world.state, run, null);
}

/** Compares the acknowledged with the certain facts. Members that are no longer kept are deleted in both. */
async function expectNothingInvented(definition: Definition, certain: Certain): Promise<void> {
  const { id } = definition.activation;
  const members = await membersOf(world, id);
  const { seed, list_members } = await activationRow(world, id);
  expect(members.filter(({ listed }) => listed).map(({ key }) => key)).toEqual(certain.listed);
  expect(Number(list_members)).toBe(certain.listed.length);
  for (const key of certain.sent.keys()) if (!members.some((m) => m.key === key)) certain.sent.delete(key);
  for (const { key, hashes, attribute_mark, outcome } of members) {
    const known = certain.sent.get(key) ?? null;
    const marks = known && marksOf(definition, String(seed), { key, values: known.values });
    const isConfirmed = known && known.outcome !== 'unexplained';
    expect([key, hashes]).toEqual([key, isConfirmed ? marks!.hashes : null]);
    expect([key, attribute_mark]).toEqual([key, marks && marks.attributeMark]);
    if (known) expect([key, outcome]).toEqual([key, known.outcome]);
  }
}

async function letADayPass({ activation: { id } }: Definition): Promise<void> {
  const later = `interval '25 hours'`;
  await world.state.raw(`update members_${id.replaceAll('-', '_')} set retry_at = retry_at - ${later}`);
  await world.state.raw(`update activations set retried_at = retried_at - ${later}`);
}

test('only confirmed values are acknowledged, no confirmed value is lost, and one good run repairs everything', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(stepArb, { minLength: 1, maxLength: 5 }), segmentArb, async (steps, last) => {
      const definition = definitionFor(newActivation(), MAPPED);
      const certain: Certain = { sent: new Map(), listed: [] };
      for (const step of steps) {
        await runStep(definition, step, certain);
        if (step.end !== 'is killed') await expectNothingInvented(definition, certain);
      }
      const settling = await open(world, definition); // settles a last one that was killed
      await closeRun(world.state, settling, ended('failed'));
      await letADayPass(definition);
      await goodRun(world, definition, last);

      const { id } = definition.activation;
      const { seed } = await activationRow(world, id);
      const everyone = last.toSorted((a, b) => (a.key! < b.key! ? -1 : 1));
      expect(await membersOf(world, id)).toEqual(
        everyone.map(({ key, values }) => {
          const { hashes, attributeMark } = marksOf(definition, String(seed), { key: key!, values });
          const outcome = values.every((value) => value === null) ? 'nothing' : 'ok';
          const member = { key, identifier: null, listed: true, outcome, retry_at: null };
          return { ...member, hashes, attribute_mark: attributeMark };
        }),
      );
      const { plan, delta } = await planned(world, definition, last);
      expect(plan).toMatchObject({ push: null, toSend: 0 });
      expect(await rows(world.state, `select from ${delta}`)).toEqual([]);
    }),
    { numRuns: repeats(40) },
  );
}, 300_000);
