import type { WorkflowHandle } from '@temporalio/client';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ACTIVATION, resetStand, type Stand } from '../support/stand.ts';
import type { RunResult } from '../../contract/result.ts';
import { expectAsIfNothingHadBeen, seedPeople } from '../support/as-if-nothing.ts';
import { hold, PHASE_NAMES, type Phase } from '../support/holding.ts';
import { startOwnPostgres, type OwnPostgres } from '../support/own-postgres.ts';
import { hostWorker, type Hosted } from '../support/temporal-run.ts';

/*
 * The server of the state database crashes during several runs: one in each phase, each with its own
 * database, so that one crash is enough for all. The worker survives.
 */

let postgres: OwnPostgres;
const worlds = new Map<Phase, { stand: Stand; hosted: Hosted }>();
beforeAll(async () => {
  postgres = await startOwnPostgres();
  for (const [index, phase] of PHASE_NAMES.entries()) {
    const stand = await postgres.startStand(`state_${index}`);
    worlds.set(phase, { stand, hosted: await hostWorker(stand) });
  }
});
afterAll(async () => {
  await Promise.all([...worlds.values()].map(({ hosted }) => hosted.close()));
  await Promise.all([...worlds.values()].map(({ stand }) => stand.dispose()));
  await postgres?.stop();
});

/** Brings a new run into its phase. */
async function begin(phase: Phase) {
  const { stand, hosted } = worlds.get(phase)!;
  await resetStand(stand);
  await stand.writeActivation();
  await seedPeople(stand);
  return hold(phase, stand, () => hosted.start({ activation: ACTIVATION }));
}

describe.each([
  { what: 'one killed backend', crash: () => postgres.killBackend() },
  { what: 'an immediate shutdown and a new start', crash: () => postgres.restart() },
])('$what of the state database', ({ crash }) => {
  const underWay = new Map<Phase, WorkflowHandle>();
  beforeAll(async () => {
    const held = await Promise.all(PHASE_NAMES.map(begin));
    await crash();
    for (const [index, { handle, letGo }] of held.entries()) {
      await letGo();
      underWay.set(PHASE_NAMES[index]!, handle);
    }
  });

  test.concurrent.each(PHASE_NAMES)('in %s has no effect on the run', async (phase) => {
    const { stand, hosted } = worlds.get(phase)!;
    const result = (await underWay.get(phase)!.result()) as RunResult;
    await expectAsIfNothingHadBeen(stand, result, () => hosted.run());
    // A published delta survives: the segment is not read again.
    const [first] = await stand.state('runs').select('attempts').orderBy('no');
    const isPublished = PHASE_NAMES.indexOf(phase) >= PHASE_NAMES.indexOf('provision');
    if (isPublished) expect(first).toEqual({ attempts: 1 });
  });
});
