import type { ErasedIn } from '../contract/forget.ts';
import { counted } from '../contract/messages/words.ts';
import { beginForgetting, endForgetting, forgetIn } from './activities.ts';
import { showDetails } from './details.ts';
import { toldAsOwn } from './failure.ts';
import { forgetSchema, type ForgetResult } from '../contract/forget.ts';
import { parseArgument } from './request.ts';

/**
 * Erases a person wherever the state names them. The person is known by a record in the state alone. Each activation waits
 * for the run that holds it, and for no other; what could not be erased in time fails the workflow once all were tried.
 */
export async function forgetPerson(input: unknown): Promise<ForgetResult> {
  const { record } = parseArgument('forgetPerson', forgetSchema, input);
  const activations = await toldAsOwn(() => beginForgetting(record));
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
  if (failed) await toldAsOwn(() => Promise.reject(failed.reason as Error));
  await toldAsOwn(() => endForgetting(record));
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
