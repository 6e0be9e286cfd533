import type { Command } from 'commander';
import { oneLine } from '../../contract/clean.ts';
import type { CommandContext } from '../context.ts';
import { ACTIVATION, examples, JSON_OPTION, READS_STATE } from '../options.ts';
import { jsonOf } from '../output.ts';
import { minute } from '../words.ts';
import type { Explanation } from './explanation.ts';

export function defineExplain(program: Command, context: CommandContext): void {
  program
    .command('explain')
    .description('explain why a key is on the list, or why it is not')
    .argument('<activation>', ACTIVATION)
    .argument('<key>', 'the matching key in any spelling: an email address, a phone number, a customer id')
    .option('--json', JSON_OPTION)
    .addHelpText('after', READS_STATE)
    .addHelpText(
      'after',
      examples(
        ['explain vip-customers anna@example.com', 'why she gets the campaign, or not'],
        ["explain sms-club '0470 12 34 56'", 'in any spelling'],
      ),
    )
    .action(async (activation: string, key: string, { json = false }: { json?: boolean }) => {
      const { explain } = await import('./explanation.ts');
      const explanation = await explain(activation, key, context);
      const lines = json ? [jsonOf('explain', explanation)] : describeKey(explanation);
      context.out.write(`${lines.join('\n')}\n`);
    });
}

function describeKey({ activation, key, storedAs, because, rejects }: Explanation): string[] {
  const spelt = storedAs === null || storedAs === key ? '' : `, stored as ${oneLine(storedAs)}`;
  return [
    `${oneLine(key)} in ${activation}${spelt}`,
    ...because.map((told) => `  ${told.message}`),
    ...rejects.map(({ stage, reason, attribute, message, firstSeen, lastSeen, times, lastRun }) => {
      const what = attribute === '' ? reason : `${reason} of ${attribute}`;
      const runs =
        times === 1 ? `run ${lastRun}` : `${times} runs since ${minute(firstSeen)}, last run ${lastRun}`;
      return `  Rejected (${stage}): ${what}, ${minute(lastSeen)}, ${runs}. ${message}`;
    }),
  ];
}
