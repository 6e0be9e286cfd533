import { createInterface } from 'node:readline/promises';
import type { Command } from 'commander';
import { requestSchema } from '../../contract/request.ts';
import { EXIT } from '../exit-codes.ts';
import { checked } from '../run/check.ts';
import type { Surroundings } from './surroundings.ts';
import { examples, type CommandContext } from './context.ts';
import { ACTIVATION } from './options.ts';
import { follow, RESULT_AS_JSON } from './run.ts';

interface RebaseFlags {
  reason: string;
  yes?: boolean;
  json?: boolean;
}

/** Adds `rebase <activation>`. */
export function defineRebase(program: Command, { surroundings, connected }: CommandContext): void {
  program
    .command('rebase')
    .description(
      'take the segment as it is for what Actito has, without sending anything: after a lost state',
    )
    .argument('<activation>', ACTIVATION)
    .requiredOption('--reason <text>', 'why, for those who read about the run later')
    .option('--yes', 'do not ask')
    .option('--json', RESULT_AS_JSON)
    .addHelpText('after', WHAT)
    .addHelpText(
      'after',
      examples(
        ["rebase vip-customers --reason 'state lost'", 'Actito has all of it, only nobody knows any more'],
        ["rebase vip-customers --reason 'state lost' --yes", 'asks nothing'],
      ),
    )
    .action((activation: string, { reason, yes = false, json = false }: RebaseFlags) => {
      const request = checked(requestSchema, { mode: 'rebase', activation, reason });
      return connected(async (client) => {
        const { in: input, err } = surroundings;
        const out = json ? err : surroundings.out; // a question is no part of what a program reads
        if (!yes && !(await confirmed(question(activation), { in: input, out }))) {
          out.write('\nNothing was done.\n');
          return EXIT.interrupted;
        }
        return follow(client, request, { json }, surroundings);
      });
    });
}

const WHAT = `
Everyone in the segment counts as on the list from then on, and all attributes as confirmed. What differs in Actito stays
different until it changes in the warehouse; resync is the way to send everything. The next run delivers the list once.`;

function question(activation: string): string {
  return (
    `The segment of ${activation} is taken for what Actito has. Values that differ there are not sent until they ` +
    'change; to send everything, run resync instead. Go on?'
  );
}

/**
 * Asks whoever sits at a terminal to go on; without a terminal nobody is asked, and it goes on.
 * @returns false for anything but yes, Ctrl-C and Ctrl-D included
 */
async function confirmed(
  question: string,
  { in: input, out }: Pick<Surroundings, 'in' | 'out'>,
): Promise<boolean> {
  if (!input?.isTTY) return true;
  const reader = createInterface({ input, output: out });
  reader.setPrompt(`${question} [y/N] `);
  reader.prompt();
  // Not reader.question(): that never ends when the input does.
  try {
    const line = await reader[Symbol.asyncIterator]().next();
    return !line.done && /^y(es)?$/i.test(line.value.trim());
  } finally {
    reader.close();
  }
}
