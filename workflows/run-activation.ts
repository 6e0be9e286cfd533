import { tell } from '../contract/messages/tell.ts';
import type { RunResult } from '../contract/result.ts';
import { open } from './activities.ts';
import { rethrowAsOwn } from './failure.ts';
import { finish } from './finish.ts';
import { MODES } from './modes/modes.ts';
import { parseRequest } from './request.ts';
import { followAfter, type Run } from './steps.ts';
import { Story } from './story/story.ts';

/**
 * A run of an activation: the steps of its mode, in order, without waiting for people. After `open`, the run is always settled
 * and closed. The argument is checked here because people can start a run with the Temporal CLI.
 */
export async function runActivation(input: unknown): Promise<RunResult> {
  const request = parseRequest(input);
  const story = new Story(request, MODES[request.mode].words);
  const answer = await rethrowAsOwn(() => open(request)).catch((error: unknown) => {
    story.unclosed(error as Error);
    throw error;
  });
  if ('busy' in answer) return story.skipped(tell('skipped', { holder: answer.busy }));
  if ('resting' in answer) return story.skipped(tell('scheduleRests', answer.resting));
  const { opened } = answer;
  story.opened(opened);
  const run: Run = { opened, ref: { run: opened.run, fence: opened.fence }, story };
  let error: unknown;
  try {
    for (const step of MODES[opened.task.mode].steps) await step(run);
  } catch (thrown) {
    error = thrown;
    await followAfter(run, thrown);
  }
  return story.result(await finish(opened, story, error));
}
