import { isCancellation } from '@temporalio/workflow';
import type { OpenedRun } from '../contract/steps.ts';
import type { PlanSummary } from '../contract/plan.ts';
import { keepAlive } from './activities.ts';
import { forPeople, messageOf, ownFailure } from './failure.ts';
import type { Story } from './story/story.ts';

/** Ends a run that a guard holds. The list as it was is kept alive first, when that is due: nobody is to be lost. */
export async function hold(run: OpenedRun, planned: PlanSummary, story: Story): Promise<never> {
  story.planned(planned);
  try {
    const kept = await keepAlive({ run: run.run, fence: run.fence });
    story.kept(kept);
    if (kept) story.note(keptAlive(kept));
  } catch (error) {
    if (isCancellation(error)) throw error;
    story.note(notKeptAlive(error));
  }
  const answer = `actito-sync approve ${run.activation} ${planned.hash} --reason "…"`;
  story.held(answer);
  throw forPeople(
    [
      ...planned.guards.map(({ message }) => message),
      'The list stays as it was.',
      ...(planned.refused ? [`${planned.refused.by} refused this plan: ${planned.refused.reason}.`] : []),
      `If it is right as it is: ${answer}`,
    ].join(' '),
    'GuardTripped',
    planned.guards,
    {
      ...{ activation: run.activation, planHash: planned.hash, counts: planned.counts },
      ...(run.task.sends ? {} : { rebase: true }),
      ...(run.task.undo === null ? {} : { undo: run.task.undo }),
      ...(planned.refused ? { refused: planned.refused } : {}),
    },
  );
}

/** What people are told of a list that was delivered as it was, and why. */
export function keptAlive(push: string): string {
  return push === 'repair'
    ? 'The list was delivered again as it was: what the file server held was not certain.'
    : 'The list was delivered again as it was, so that it does not expire.';
}

/** What people are told when that did not succeed. */
export function notKeptAlive(failure: unknown): string {
  return `The list could not be kept alive: ${messageOf(ownFailure(failure))}`;
}
