import { matchLimit } from '../../activation/match-rate.ts';
import { hasBegunDelivery } from '../lists/deliveries.ts';
import { foldedSql } from '../settle/folded.ts';
import { checkFence, oneAtATime, type Fence } from '../runs/lease.ts';
import { readPlanned, type PlannedRun } from '../runs/runs.ts';
import { rows, setTransaction, type State } from '../state.ts';
import { digestSql } from './counts.ts';
import { withDecision } from './judge.ts';
import { matchesOfRun, matchTrip } from './match-rate.ts';
import { planHash, savePlan } from './plan.ts';

/**
 * Checks the match rate of a run with Actito's answers to its imports. If it is too low, the run is held from now on.
 * Its plan then contains what remains after the confirmed attributes were folded, and so has the hash of the next run's
 * plan. The decision is final: a held run stays held, and a run whose list may already be on the server is no longer
 * held, even if an earlier attempt still records results.
 * @returns the current run; its plan has guards if it is held
 */
export async function judgeMatches(state: State, fence: Fence): Promise<PlannedRun> {
  return setTransaction(state, async (trx) => {
    await checkFence(trx, fence); // its lock makes `intendDelivery` wait
    await oneAtATime(trx, fence.run);
    const run = await readPlanned(trx, fence.run);
    const limit = matchLimit(run.definition.activation);
    if (!limit || run.plan.guards.length > 0 || run.plan.approved?.guards.includes('minMatchRatio'))
      return run;
    if (await hasBegunDelivery(trx, run.run)) return run;
    const none = { judged: 0, missed: 0 };
    const justSent = await matchesOfRun(trx, run);
    const trip = await matchTrip(trx, run, limit, { justSent, entering: none, all: none });
    if (!trip) return run;
    const [left] = await rows<{ digest: string }>(
      trx,
      `with ${foldedSql(run.run, run.delta)}
       -- Of whom there was nothing to send, and who is not stored yet, there is nothing to send the next time either.
       select ${digestSql(`(sent in ('doubt', 'untouched') or sent = 'nothing' and not known)`)} as digest from folded d`,
    );
    const { list } = run.plan;
    const hash = planHash(run, left!.digest, list.checksum);
    const plan = await withDecision(trx, run, { ...run.plan, hash, guards: [trip] });
    await savePlan(trx, run.run, plan);
    return { ...run, plan };
  });
}
