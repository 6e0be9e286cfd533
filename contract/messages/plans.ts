import { applyCommand, planCommand, runCommand } from '../commands.ts';
import type { CountName } from '../counts.ts';
import { advise, failure } from './message.ts';
import { orNear } from './words.ts';

export interface Plan {
  activation: string;
  planHash: string;
}
const PLAN: Plan = { activation: 'vip-customers', planHash: '0123456789ab' };
const AT = '2026-01-31T06:00:00.000Z';

/** Messages about plans and decisions. */
export const PLAN_MESSAGES = {
  planUnknown: failure<Plan & { near?: string }>('PlanUnknown', {
    examples: [PLAN, { ...PLAN, near: '0123456789ac' }],
    says: ({ activation, planHash, near }) =>
      `Activation ${activation} has no plan ${planHash}${orNear(near, '.')}`,
    next: () => advise('Find the plan hash in the output of plan, or in the failure of a held run.'),
  }),
  planNotHeld: failure('PlanUnknown', {
    examples: [PLAN],
    says: ({ activation, planHash }) =>
      `Plan ${planHash} of activation ${activation} is not held, so there is nothing to approve or decline.`,
  }),
  planDecided: failure<
    Plan & { approved: boolean; by: string; at: string; reason: string; until: string; undo?: string }
  >('PlanUnknown', {
    examples: [
      { ...PLAN, approved: true, by: 'ann', at: AT, reason: 'the shop in Ghent has closed', until: AT },
      { ...PLAN, approved: false, by: 'ann', at: AT, reason: 'half of the table is missing', until: AT },
    ],
    says: ({ activation, planHash, approved, by, at, reason }) =>
      `Plan ${planHash} of activation ${activation} was already ${approved ? 'approved' : 'declined'} at ${at} by ${by} (self-reported): ${reason}.`,
    next: ({ activation, planHash, approved, until, undo }) =>
      approved
        ? [
            {
              advice: `The approval is valid until ${until}, for the next successful run`,
              command:
                undo === undefined
                  ? runCommand({ mode: 'sync', activation })
                  : applyCommand(activation, planHash, undo),
            },
          ]
        : advise('Runs remain held until the plan is approved or the warehouse data changes.'),
  }),
  planOvertaken: failure<Plan & { run: string; at: string; undo?: string }>('PlanUnknown', {
    examples: [
      { ...PLAN, run: '12', at: AT },
      { ...PLAN, run: '12', at: AT, undo: '9' },
    ],
    says: ({ activation, planHash, run, at }) =>
      `Plan ${planHash} of activation ${activation} is outdated: run ${run} succeeded after it (${at}).`,
    next: ({ activation, undo }) => [{ advice: 'Make a new plan', command: planCommand(activation, undo) }],
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
        `Plan ${wanted} (made ${plannedAt}) no longer matches; the current plan is ${now}. Differences: ` +
        `${differences.map(inNumbers).join(', ') || 'same counts, but other members, values or settings'}. Nothing was written.`,
      next: () => advise('Make a new plan and apply it.'),
    },
  ),
};

/** A count that differs between two plans. */
export interface Difference {
  count: CountName;
  then: number;
  now: number;
}

function inNumbers({ count, then, now }: Difference): string {
  return `${count} ${then} → ${now}`;
}
