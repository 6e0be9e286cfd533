import type { ErasedIn } from '../contract/forget.ts';
import { counted } from '../contract/messages/words.ts';
import { beginForgetting, endForgetting, forgetIn } from './activities.ts';
import { showDetails } from './details.ts';
import { rethrowAsOwn } from './failure.ts';
import { forgetSchema, type ForgetResult } from '../contract/forget.ts';
import { parseArgument } from './request.ts';

/**
 * Erases a person wherever the state contains them. The workflow identifies the person only by the number of a record
 * in the state. Each activation waits only for the run that holds it. If some could not be erased in time, the workflow
 * fails after it has tried all of them.
 */
export async function forgetPerson(input: unknown): Promise<ForgetResult> {
  const { record } = parseArgument('forgetPerson', forgetSchema, input);
  const activations = await rethrowAsOwn(() => beginForgetting(record));
  const done = new Map<string, ErasedIn>();
  const show = () => showDetails(page(record, activations, done));
  show();
  const tries = activations.map(async (activation) => {
    const summary = `Erase a person (record ${record}) in ${activation}`;
    done.set(activation, await forgetIn.executeWithOptions({ summary }, [{ record, activation }]));
    show();
  });
  const ended = await Promise.allSettled(tries);
  const failed = ended.find((each) => each.status === 'rejected');
  if (failed) await rethrowAsOwn(() => Promise.reject(failed.reason as Error));
  await rethrowAsOwn(() => endForgetting(record));
  return { record, activations: activations.map((activation) => done.get(activation)!) };
}

function page(record: number, activations: string[], done: Map<string, ErasedIn>): string {
  const rows = activations.map((activation) => {
    const erased = done.get(activation);
    const words = erased
      ? `erased: ${counted(erased.members, 'member')}, ${counted(rowsElsewhere(erased), 'other row')}`
      : 'waiting for the current run, if any';
    return `| ${activation} | ${words} |`;
  });
  const head = `Forgetting the person of **record ${record}** in ${counted(activations.length, 'activation')}`;
  return rows.length === 0 ? head : [head, '', '| | |', '|---|---|', ...rows].join('\n');
}

function rowsElsewhere({ others }: ErasedIn): number {
  return Object.values(others).reduce((sum, count) => sum + count, 0);
}
