import type { DecisionResult } from '../../contract/decision.ts';
import type { CountName, Counts } from '../../contract/counts.ts';
import { decideCommand, planCommand } from '../../contract/commands.ts';
import type { HeldPlan } from '../../contract/plan.ts';

/** What people decide by, in the order in which they ask. */
const DECISIVE: CountName[] = [
  'read',
  'members',
  'added',
  'removed',
  'leaving',
  'changed',
  'unchanged',
  'rejected',
];

/** The plan that a guard held for people, line by line: what it counted, and the commands that answer it. */
export function describeHeld({ activation, planHash, counts, undo, refused }: HeldPlan): string[] {
  return [
    `  plan ${planHash}: ${countsInWords(counts)}`,
    ...(refused ? [`Refused, claimed by ${refused.by}: ${refused.reason}`] : []),
    `If it is right as it is:  ${decideCommand('approve', activation, planHash)}`,
    `If it is not:             ${decideCommand('reject', activation, planHash)}`,
    `To look closer:           ${planCommand(activation, undo)}`,
  ];
}

/** A decline that was recorded, for people, line by line. */
export function describeDecline({ activation, plan, by, reason, counts }: DecisionResult): string[] {
  return [
    `${activation}: plan ${plan} is refused, claimed by ${by}: ${reason}`,
    `  ${countsInWords(counts)}`,
    'Runs and schedules go on. As long as one would do the same, it is held again.',
  ];
}

/** `read 60, members 60, …` */
function countsInWords(counts: Counts): string {
  return DECISIVE.filter((name) => counts[name] !== undefined)
    .map((name) => `${name} ${counts[name]}`)
    .join(', ');
}
