import type { Command } from 'commander';
import type { ActivationClient } from '../../client/activation-client.ts';
import { PROGRAM } from '../../contract/commands.ts';
import { Failure } from '../../contract/failure.ts';
import { answersFrom, keyFrom, type Answers } from '../ask.ts';
import type { CommandContext, Context } from '../context.ts';
import { EXIT } from '../exit-codes.ts';
import { waiting } from '../follow.ts';
import { examples, JSON_OPTION, WHO_BY_DEFAULT, whoAmI } from '../options.ts';
import { describeProof } from './forgotten.ts';

interface ForgetFlags {
  by?: string;
  reason?: string;
  yes?: boolean;
  json?: boolean;
}

/** Adds `forget <key>`. */
export function defineForget(program: Command, context: CommandContext): void {
  program
    .command('forget')
    .description('erase a person from the state and never add them again')
    .argument('<key>', 'a matching key or list identifier, in any spelling; - reads it from standard input')
    .option('--by <name>', `who asks for it; ${WHO_BY_DEFAULT}`)
    .option('--reason <text>', 'such as the number of the request; kept for good, so no personal data')
    .option('--yes', 'ask nothing; needed when nobody can be asked')
    .option('--json', JSON_OPTION)
    .addHelpText('after', WHAT)
    .addHelpText(
      'after',
      examples(
        ['forget -', 'asks for the key, so that no shell remembers it'],
        ["forget anna@example.com --reason 'request 4711'", 'in every activation'],
        ['forget - --yes --json < key.txt', 'for a program'],
      ),
    )
    .action((key: string, flags: ForgetFlags) =>
      context.connected((client) => forget(client, key, flags, context)),
    );
}

const WHAT = `
Writes a record without the key to the state database (ACTITO_SYNC_DATABASE_URL, with the worker's rights), and lets the
worker erase the person in all activations; runs that are under way are waited for. Someone who is known by several keys
is to be forgotten by each. Nothing is changed in Actito until the next run of each list, and its profile never.`;

/** `forget <key>`. @returns the exit code @throws Failure InvalidActivation */
async function forget(
  client: ActivationClient,
  argument: string,
  { by, reason = null, yes = false, json = false }: { reason?: string | null } & Omit<ForgetFlags, 'reason'>,
  context: Context,
): Promise<number> {
  const { env, out, err, signal } = context;
  const { checkForgetting, makeRecord, requireProof } = await import('./forget-record.ts');
  const isTerminal = context.in?.isTTY ?? false;
  if (!yes && !isTerminal) throw new Failure('nobodyToAsk', {});
  const answers = context.in && answersFrom(context.in, err);
  try {
    const key = argument !== '-' ? argument : answers ? await keyFrom(answers, isTerminal) : '';
    const forgetting = { key, by: by ?? whoAmI(context) ?? 'unknown', reason };
    checkForgetting(forgetting);
    if (!yes && !(await confirmed(answers!))) {
      err.write('Nobody was forgotten.\n');
      return EXIT.interrupted;
    }
    const { record, already } = await makeRecord(env, forgetting);
    signal.addEventListener('abort', () => err.write(goesOn(record)), { once: true });
    await client.eraseRecord(record, waiting(context));
    const proof = await requireProof(env, record);
    const lines = json
      ? [JSON.stringify({ ...proof, already }, null, 2)]
      : [...(already ? [ALREADY] : []), ...describeProof(proof)];
    out.write(`${lines.join('\n')}\n`);
    return EXIT.ok;
  } finally {
    answers?.close();
  }
}

const ALREADY = 'This key was forgotten already; what was found of it since is erased, too.';

function goesOn(record: string): string {
  return `\nThe erasing goes on without you. See what became of it: ${PROGRAM} forgotten ${record}\n`;
}

async function confirmed(answers: Answers): Promise<boolean> {
  const answer = await answers.line(
    'Forget this person in every activation, for good, and never add them again? Type yes: ',
  );
  return answer?.trim().toLowerCase() === 'yes';
}
