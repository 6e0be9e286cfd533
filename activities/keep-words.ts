import { log } from '@temporalio/activity';
import type { Failure } from '../contract/failure.ts';
import { tellAlso } from '../contract/messages/tell.ts';
import { readWords } from '../contract/messages/words-kept.ts';
import type { Told } from '../contract/messages/message.ts';
import type { Dependencies } from './dependencies.ts';
import { untilCancelled } from './progress.ts';
import { keepWords } from '../state/report/peer-words.ts';

/**
 * Stores the foreign text of a run's failure in the state, and nowhere else.
 * @param about the run, if the activity has one
 * @returns the failure as data, with the command that shows this text if it was stored
 */
export async function keepForeignWords(
  { state }: Dependencies,
  { told, words }: Failure,
  about: unknown,
): Promise<Told> {
  const { run } = (about ?? {}) as { run?: unknown };
  if (!words || typeof run !== 'string') return told;
  try {
    const activation = await untilCancelled(keepWords(state, run, told.reason, words.open()));
    return activation === undefined ? told : tellAlso(told, readWords(activation));
  } catch {
    // The state itself may have failed. The failure is more important, so it is reported without the text.
    log.warn('The words of a failure could not be kept.', { reason: told.reason });
    return told;
  }
}
