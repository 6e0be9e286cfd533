import { applyCommand, planCommand, runCommand } from '../commands.ts';
import type { CountName } from '../counts.ts';
import { advise, failure } from './message.ts';

export interface Plan {
  activation: string;
  planHash: string;
}
const PLAN: Plan = { activation: 'vip-customers', planHash: '0123456789ab' };
const AT = '2026-01-31T06:00:00.000Z';

/** What is said of plans, and of decisions about them. */
export const PLAN_MESSAGES = {
  planUnknown: failure('PlanUnknown', {
    examples: [PLAN],
    says: ({ activation, planHash }) => `Activation ${activation} has no plan ${planHash}.`,
    next: () =>
      advise(
        'The hash of a plan stands in the result of a dry run, and in the failure of a run that was held.',
      ),
  }),
  planNotHeld: failure('PlanUnknown', {
    examples: [PLAN],
    says: ({ activation, planHash }) =>
      `No guard held plan ${planHash} of activation ${activation}: there is nothing to decide.`,
  }),
  planDecided: failure<
    Plan & { approved: boolean; by: string; at: string; reason: string; until: string; undo?: string }
  >('PlanUnknown', {
    examples: [
      { ...PLAN, approved: true, by: 'ann', at: AT, reason: 'the shop in Ghent has closed', until: AT },
      { ...PLAN, approved: false, by: 'ann', at: AT, reason: 'half of the table is missing', until: AT },
    ],
    says: ({ activation, planHash, approved, by, at, reason }) =>
      `Plan ${planHash} of activation ${activation} was ${approved ? 'approved' : 'refused'} already at ${at}, claimed by ${by}: ${reason}.`,
    next: ({ activation, planHash, approved, until, undo }) =>
      approved
        ? [
            {
              advice: `That counts until ${until}, for the next run that succeeds`,
              command:
                undo === undefined
                  ? runCommand({ mode: 'sync', activation })
                  : applyCommand(activation, planHash, undo),
            },
          ]
        : advise('Runs go on being held until it is approved, or the warehouse changes.'),
  }),
  planOvertaken: failure<Plan & { run: string; at: string; undo?: string }>('PlanUnknown', {
    examples: [
      { ...PLAN, run: '12', at: AT },
      { ...PLAN, run: '12', at: AT, undo: '9' },
    ],
    says: ({ activation, planHash, run, at }) =>
      `Plan ${planHash} of activation ${activation} is too old: run ${run} has succeeded since (${at}).`,
    next: ({ activation, undo }) => [
      { advice: 'See what a run would do now', command: planCommand(activation, undo) },
    ],
  }),
  planStale: failure<{ wanted: string; plannedAt: string; now: string; differences: Difference[] }>(
    'PlanStale',
    {
      examples: [
        {
          wanted: '0123456789ab',
          plannedAt: AT,
          now: 'ba9876543210',
          differences: [{ count: 'added', then: 3, now: 4 }],
        },
        { wanted: '0123456789ab', plannedAt: AT, now: 'ba9876543210', differences: [] },
      ],
      says: ({ wanted, plannedAt, now, differences }) =>
        `Plan ${wanted} of ${plannedAt} is not what this run would do (${now}): ` +
        `${differences.map(inNumbers).join(', ') || 'the same numbers, but other members, values or settings'}. Nothing was written.`,
      next: () => advise('Plan again, and apply the new plan.'),
    },
  ),
};

/** A count of which two plans differ. */
export interface Difference {
  count: CountName;
  then: number;
  now: number;
}

function inNumbers({ count, then, now }: Difference): string {
  return `${count} ${then} → ${now}`;
}
