import type { Proof } from '../forget/proof.ts';
import type { ForgottenRecord } from '../../state/report/forgotten.ts';
import { minute } from './moments.ts';
import { table } from './table.ts';

type Erased = Proof['activations'][number];

/** The records for people, line by line. */
export function describeRecords(records: readonly ForgottenRecord[]): string[] {
  if (records.length === 0) return ['Nobody was forgotten.'];
  return table(
    ['RECORD', 'ASKED', 'ERASED', 'CLAIMED BY', 'REASON'],
    records.map(({ record, askedAt, completedAt, by, reason }) => [
      record,
      minute(askedAt),
      completedAt ? minute(completedAt) : 'not yet',
      by,
      reason ?? '–',
    ]),
  );
}

/** What was erased of a person for people, line by line; what remains to be done comes last. */
export function describeProof(proof: Proof): string[] {
  const { record, by, reason, askedAt, askedAgain, completedAt, activations } = proof;
  const again = askedAgain === null ? '' : `, and again at ${askedAgain.toISOString()}`;
  return [
    `Record ${record}: asked at ${askedAt.toISOString()}${again}, claimed by ${by}${reason === null ? '' : `: ${reason}`}`,
    completedAt === null
      ? '  Not erased everywhere yet: runs under way are waited for, up to a day (Temporal: workflow ' +
        `forget/${record}). No run adds the key any more. If that workflow has failed, forget the same key again.`
      : `  Erased everywhere in the state at ${completedAt.toISOString()}; the key is never added again.`,
    ...activations.map((each) => `  ${each.activation}: ${found(each)}`),
    ...activations.filter(({ stillOnList }) => stillOnList).map(remains),
    "  Actito's own profile is not touched: delete it in Actito, and the person in the warehouse.",
  ];
}

function found({ members, listed, others }: Erased): string {
  const member =
    members === 0 ? [] : [`${members} ${members === 1 ? 'member' : 'members'} (${listed} listed)`];
  const rows = Object.entries(others).filter(([, count]) => count > 0);
  const all = [...member, ...rows.map(([name, count]) => `${count} in ${name}`)];
  return all.length === 0 ? 'nothing found' : `erased ${all.join(', ')}`;
}

function remains({ activation, inProject }: Erased): string {
  return inProject
    ? `! The list of ${activation} in Actito has the person until its next run: actito-sync run ${activation}`
    : `! The list of ${activation} in Actito has the person until it expires: the project no longer has ${activation}. ` +
        'Delete the list, and its file on the file server.';
}
