import type { Command } from 'commander';
import { counted } from '../../contract/messages/words.ts';
import type { ForgottenRecord } from '../../state/report/forgotten.ts';
import type { CommandContext } from '../context.ts';
import { examples, JSON_OPTION, READS_STATE, wholeNumber } from '../options.ts';
import { jsonOf } from '../output.ts';
import { table, tableWidth } from '../table.ts';
import { minute } from '../words.ts';
import type { Proof } from './forget-record.ts';

export function defineForgotten(program: Command, { env, out }: CommandContext): void {
  program
    .command('forgotten')
    .description('list erasure requests, or show the proof of one')
    .argument('[record]', 'the record number that forget printed', wholeNumber)
    .option('--limit <number>', 'show at most this many records, newest first', wholeNumber, 20)
    .option('--json', JSON_OPTION)
    .addHelpText('after', READS_STATE)
    .addHelpText(
      'after',
      examples(
        ['forgotten', 'the latest requests'],
        ['forgotten 3', 'what was erased, and which lists still contain the person'],
        ['forgotten 3 --json', 'for a program'],
      ),
    )
    .action(async (record: number | undefined, { limit, json }: { limit: number; json?: boolean }) => {
      const print = (lines: string[]) => out.write(`${lines.join('\n')}\n`);
      if (record !== undefined) {
        const { requireProof } = await import('./forget-record.ts');
        const proof = await requireProof(env, String(record));
        print(json ? [jsonOf('forgottenRecord', proof)] : describeProof(proof));
        return;
      }
      const { readForgotten } = await import('../../state/report/forgotten.ts');
      const { withState } = await import('../state.ts');
      const records = await withState(env, (snapshot) => readForgotten(snapshot, limit));
      print(json ? [jsonOf('forgotten', { records })] : describeRecords(records, tableWidth(out)));
    });
}

type Erased = Proof['activations'][number];

function describeRecords(records: readonly ForgottenRecord[], width: number): string[] {
  if (records.length === 0) return ['There are no erasure requests.'];
  return table(
    ['RECORD', 'REQUESTED', 'ERASED', 'BY (SELF-REPORTED)', 'REASON'],
    records.map(({ record, askedAt, completedAt, by, reason }) => [
      record,
      minute(askedAt),
      completedAt ? minute(completedAt) : 'not yet',
      by,
      reason ?? '–',
    ]),
    width,
  );
}

/** Describes line by line what was erased. The remaining steps come last. */
export function describeProof(proof: Proof): string[] {
  const { record, by, reason, askedAt, askedAgain, completedAt, profiles, activations } = proof;
  const again = askedAgain === null ? '' : ` and again at ${askedAgain.toISOString()}`;
  return [
    `Record ${record}: requested at ${askedAt.toISOString()}${again} by ${by} (self-reported)${reason === null ? '' : `: ${reason}`}`,
    completedAt === null
      ? '  Not erased everywhere yet: the erasure waits for runs in progress, up to a day (Temporal workflow ' +
        `forget/${record}). Runs no longer add the key. If the workflow has failed, forget the same key again.`
      : `  Erased everywhere in the state database at ${completedAt.toISOString()}. The key is never added again.`,
    ...(profiles === 0 ? [] : [`  Profile directory: erased ${counted(profiles, 'row')}`]),
    ...activations.map((each) => `  ${each.activation}: ${found(each)}`),
    ...activations.filter(({ stillOnList }) => stillOnList).map(remains),
    '  The profile in Actito is unchanged: delete it in Actito, and the person in the warehouse.',
  ];
}

function found({ members, listed, others }: Erased): string {
  const member = members === 0 ? [] : [`${counted(members, 'member')} (${listed} on the list)`];
  const rows = Object.entries(others).filter(([, count]) => count > 0);
  const all = [...member, ...rows.map(([name, count]) => `${count} in ${name}`)];
  return all.length === 0 ? 'nothing found' : `erased ${all.join(', ')}`;
}

function remains({ activation, inProject }: Erased): string {
  return inProject
    ? `! The list of ${activation} in Actito contains the person until its next run: actito-sync run ${activation}`
    : `! The list of ${activation} in Actito contains the person until it expires: the project no longer has ${activation}. ` +
        'Delete the list, and its file on the file server.';
}
