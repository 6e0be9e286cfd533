import type { Command } from 'commander';
import { readForgotten } from '../../state/report/forgotten.ts';
import { requireProof } from '../forget/proof.ts';
import { describeProof, describeRecords } from '../output/forgotten.ts';
import { withState } from '../state.ts';
import { examples, type CommandContext } from './context.ts';
import { JSON_OPTION, READS_STATE, wholeNumber } from './options.ts';

/** Adds `forgotten [record]`. */
export function defineForgotten(program: Command, { surroundings }: CommandContext): void {
  const { env, out } = surroundings;
  program
    .command('forgotten')
    .description('show the records of people who were forgotten, or the proof of one; never who they were')
    .argument('[record]', 'the number that forget has printed', wholeNumber)
    .option('--limit <number>', 'how many records at most, latest first', wholeNumber, 20)
    .option('--json', JSON_OPTION)
    .addHelpText('after', READS_STATE)
    .addHelpText(
      'after',
      examples(
        ['forgotten', 'the latest requests'],
        ['forgotten 3', 'what was erased, and which lists still have the person'],
        ['forgotten 3 --json', 'for a program'],
      ),
    )
    .action(async (record: number | undefined, { limit, json }: { limit: number; json?: boolean }) => {
      const print = <T>(answer: T, describe: (answer: T) => string[]) =>
        out.write(`${(json ? [JSON.stringify(answer, null, 2)] : describe(answer)).join('\n')}\n`);
      if (record !== undefined) print(await requireProof(env, String(record)), describeProof);
      else print(await withState(env, (snapshot) => readForgotten(snapshot, limit)), describeRecords);
    });
}
