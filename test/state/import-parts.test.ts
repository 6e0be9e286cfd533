import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readChunks } from '../../state/imports/chunks.ts';
import { completeCall, readImports, readUnsent, recordRefused } from '../../state/imports/imports.ts';
import { closeShared } from '../../state/imports/parts.ts';
import { dissolve, findShare, gather, type Share } from '../../state/imports/sharing.ts';
import { closeRun } from '../../state/runs/close.ts';
import { settleRun } from '../../state/settle/settle.ts';
import { rows } from '../../state/state.ts';
import { intend, planned, record } from './sending.ts';
import { definitionFor, freshState, newActivation, open, type StateWorld } from './support.ts';
import { ended } from '../support/ended.ts';
import { repeats } from '../setup/repeats.ts';

/* Invariants of imports and their parts, whatever happens to the runs that share them. */

let world: StateWorld;
beforeAll(async () => {
  world = await freshState();
});
afterAll(() => world?.dispose());

type Planned = Awaited<ReturnType<typeof planned>>;
let tables = 0;
const newTable = () => ({ quotaKey: `parts ${++tables}`, limit: 6 });
type Table = ReturnType<typeof newTable>;

const newRun = (...keys: string[]) =>
  planned(
    world,
    definitionFor(newActivation()),
    keys.map((key) => ({ key, values: ['1', '2', '3'] })),
  );

/** How calls end. `none`: the worker dies once the call is complete; `incomplete`: before that. */
const ANSWERS = ['none', 'none', 'incomplete', 'refused', 'limited', 'posted'] as const;
const ENDS = ['settled', 'closed', 'superseded', 'gives up'] as const;
const STEP = fc.oneof(
  { weight: 6, arbitrary: fc.record({ who: fc.nat(2), answer: fc.constantFrom(...ANSWERS) }) },
  { weight: 1, arbitrary: fc.record({ who: fc.nat(2), end: fc.constantFrom(...ENDS) }) },
  { weight: 2, arbitrary: fc.record({ late: fc.constantFrom('0 minutes', '31 minutes') }) },
);

const STEPS = fc.array(STEP, { minLength: 4, maxLength: 16 });
/** Which of the runs share an import: mostly all. */
const SHARING = fc.oneof(
  fc.constant([true, true, true]),
  fc.array(fc.boolean(), { minLength: 3, maxLength: 3 }),
);

/** An attempt of a run to send its chunk, like activities/import. */
async function attempt(
  run: Planned,
  { shares, ...table }: Table & { shares: boolean },
  answer: (typeof ANSWERS)[number],
): Promise<void> {
  const [chunk] = await readUnsent(world.state, run.run);
  if (!chunk) return;
  let share: Share = shares ? await findShare(world.state, run, chunk.no) : { kind: 'alone' };
  if (share.kind === 'new')
    share = await gather(world.state, run, run, { chunk, shape: 's', within: 60_000, ...table });
  if (share.kind === 'waits' || share.kind === 'sent') return;
  const shared = share.kind === 'leads' ? await closeShared(world.state, run, share.id) : undefined;
  const id = await intend(world, run, { chunk, retriesAlone: false, shared, ...table });
  if (id === null) return dissolve(world.state, run);
  if (answer === 'incomplete') return;
  await completeCall(world.state, run, { id, parts: shared?.parts ?? [{ run, chunk }] });
  if (answer === 'limited') await recordRefused(world.state, run, id, { detail: '429', limited: true });
  else if (answer !== 'none') await record(world, run, id, answer);
}

async function end(run: Planned, how: (typeof ENDS)[number]): Promise<void> {
  if (how === 'settled') await settleRun(world.state, run);
  if (how === 'closed') await closeRun(world.state, run, ended('failed'));
  if (how === 'superseded') await open(world, run.definition);
  if (how === 'gives up') await dissolve(world.state, run);
}

interface Row {
  id: string;
  lead: string;
  status: string;
  shared: boolean;
  called: boolean;
  runs: string[];
}
async function expectSound({ quotaKey, limit }: Table): Promise<void> {
  const imports = await rows<Row>(
    world.state,
    `select id, imports.run as lead, status, shape is not null as shared, intended_at is not null as called,
            array_agg(cast(part.run as text) order by part.run) as runs
     from imports join import_parts part on part.import = imports.id where quota_key = ? group by id order by id`,
    [quotaKey],
  );
  const isLive = ({ status }: Row) => ['gathering', 'closed', 'intended', 'posted'].includes(status);
  const live = imports.filter(isLive).flatMap(({ runs }) => runs);
  expect(live, 'a chunk has at most one import that is, or may still be, sent').toEqual([...new Set(live)]);
  for (const row of imports) {
    if (!row.shared) expect(row.runs, 'unshared means one part, of its lead').toEqual([row.lead]);
    const waits = ['gathering', 'closed', 'dissolved'].includes(row.status);
    expect(row.called, 'what was called has an intent, nothing else').toBe(!waits);
  }
  const counted = imports.filter(({ called, status }) => called && status !== 'refused');
  expect(counted.length, 'the quota').toBeLessThanOrEqual(limit);
}

test('each chunk has at most one live import, unshared means one part, and the quota is kept', async () => {
  await fc.assert(
    fc.asyncProperty(SHARING, STEPS, async (sharing, steps) => {
      const table = newTable();
      const runs = [await newRun('anna', 'bob'), await newRun('bob', 'carl'), await newRun('dora')];
      for (const step of steps) {
        if ('late' in step)
          await world.state.raw(
            `update imports set leaves_at = now() - cast(? as interval) where quota_key = ?`,
            [step.late, table.quotaKey],
          );
        else {
          const run = runs[step.who]!;
          const done =
            'end' in step
              ? end(run, step.end)
              : attempt(run, { ...table, shares: sharing[step.who]! }, step.answer);
          await done.catch((error: { type?: string }) =>
            expect(error.type).toMatch(/ImportPending|RunSuperseded/),
          );
        }
        await expectSound(table);
      }
    }),
    { numRuns: repeats(40) },
  );
}, 120_000);

test('an abandoned attempt cannot complete its call once the next one has begun', async () => {
  const [table, run] = [newTable(), await newRun('anna')];
  const [chunk] = await readChunks(world.state, run.run);
  const wanted = { chunk: chunk!, retriesAlone: false, ...table };
  const complete = (id: string) => completeCall(world.state, run, { id, parts: [{ run, chunk: chunk! }] });
  const first = (await intend(world, run, wanted))!;
  await complete(first);
  const second = (await intend(world, run, wanted))!;
  await expect(complete(first)).rejects.toMatchObject({ type: 'ImportPending', notDone: true });
  await complete(second);
  expect((await readImports(world.state, run.run)).map(({ status }) => status)).toEqual(['lost', 'intended']);
});

test('an activation that is left out of a shared file has no part in its import', async () => {
  const table = newTable();
  const [lead, follower] = [await newRun('anna'), await newRun('bob')];
  for (const run of [lead, follower]) {
    const [chunk] = await readChunks(world.state, run.run);
    await gather(world.state, run, run, { chunk: chunk!, shape: 's', within: 60_000, ...table });
  }
  const [row] = await readImports(world.state, lead.run);
  await settleRun(world.state, follower);
  await closeShared(world.state, lead, row!.id);
  expect(await readImports(world.state, follower.run)).toEqual([]);
});
