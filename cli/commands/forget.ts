import type { Command } from 'commander';
import type { ActivationClient } from '../../client/activation-client.ts';
import { PROGRAM } from '../../contract/commands.ts';
import { Failure } from '../../contract/failure.ts';
import { answersFrom, keyFrom, type Answers } from '../ask.ts';
import type { CommandContext, Context } from '../context.ts';
import { EXIT } from '../exit-codes.ts';
import { waiting } from '../follow.ts';
import { examples, JSON_OPTION, WHO_BY_DEFAULT, whoAmI } from '../options.ts';
import { jsonOf } from '../output.ts';
import type { Forgetting } from './forget-record.ts';
import { describeProof } from './forgotten.ts';

interface ForgetFlags {
  by?: string;
  reason?: string;
  yes?: boolean;
  json?: boolean;
}

export function defineForget(program: Command, context: CommandContext): void {
  program
    .command('forget')
    .description('erase a person from the state and never add them again')
    .argument('<key>', 'a matching key or list identifier, in any spelling; - reads it from standard input')
    .option('--by <name>', `who requests it; ${WHO_BY_DEFAULT}`)
    .option('--reason <text>', 'such as the request number; stored permanently, so no personal data')
    .option('--yes', 'do not ask for confirmation; required without a terminal')
    .option('--json', JSON_OPTION)
    .addHelpText('after', WHAT)
    .addHelpText(
      'after',
      examples(
        ['forget -', 'asks for the key, which keeps it out of the shell history'],
        ["forget anna@example.com --reason 'request 4711'", 'in every activation'],
        ['forget - --yes --json < key.txt', 'for a program'],
      ),
    )
    .action(async (key: string, flags: ForgetFlags) => {
      if (!flags.yes && !context.in?.isTTY) throw new Failure('nobodyToAsk', {});
      const { checkForgetting } = await import('./forget-record.ts');
      if (key !== '-') checkForgetting(forgettingOf(key, flags, context));
      await context.connected((client) => forget(client, key, flags, context));
    });
}

const WHAT = `
Writes a record without the key to the state database (ACTITO_SYNC_DATABASE_URL, with the worker's permissions). The
worker then erases the person in all activations, as soon as runs in progress have ended. If a person has several keys,
forget each of them. A list in Actito changes with the next run of its activation; the profile in Actito never changes.`;

function forgettingOf(key: string, { by, reason }: ForgetFlags, context: Context): Forgetting {
  return { key, by: by ?? whoAmI(context) ?? 'unknown', reason: reason ?? null };
}

/** @returns the exit code @throws Failure InvalidActivation */
async function forget(
  client: ActivationClient,
  argument: string,
  flags: ForgetFlags,
  context: Context,
): Promise<number> {
  const { env, out, err, signal } = context;
  const { yes = false, json = false } = flags;
  const { checkForgetting, makeRecord, requireProof } = await import('./forget-record.ts');
  const answers = context.in && answersFrom(context.in, err);
  try {
    const key =
      argument !== '-' ? argument : answers ? await keyFrom(answers, context.in?.isTTY ?? false) : '';
    const forgetting = forgettingOf(key, flags, context);
    checkForgetting(forgetting);
    if (!yes && !(await confirmed(answers!))) {
      err.write('The key was not forgotten.\n');
      return EXIT.interrupted;
    }
    const { record, already } = await makeRecord(env, forgetting);
    signal.addEventListener('abort', () => err.write(goesOn(record)), { once: true });
    await client.eraseRecord(record, waiting(context));
    const proof = await requireProof(env, record);
    const lines = json
      ? [jsonOf('forget', { ...proof, already })]
      : [...(already ? [ALREADY] : []), ...describeProof(proof)];
    out.write(`${lines.join('\n')}\n`);
    return EXIT.ok;
  } finally {
    answers?.close();
  }
}

const ALREADY = 'This key was already forgotten. Anything stored about it since then is erased as well.';

function goesOn(record: string): string {
  return `\nThe erasure continues in the background. See its result: ${PROGRAM} forgotten ${record}\n`;
}

async function confirmed(answers: Answers): Promise<boolean> {
  const answer = await answers.line(
    'Forget this person permanently in every activation, and never add them again? Type yes: ',
  );
  return answer?.trim().toLowerCase() === 'yes';
}
