import { setCurrentDetails } from '@temporalio/workflow';
import { refuse } from './activities.ts';
import { refusalSchema, type RefusalResult } from '../contract/refusal.ts';
import { toldAsOwn } from './failure.ts';
import { parseArgument } from './request.ts';
import { inOrder } from './story/counts.ts';

const EXAMPLE =
  '{"activation":"vip-customers","plan":"0123456789ab","reason":"the orders are not loaded yet"}';

/** Records that a held plan must not be applied. Schedules go on: the next run is judged by the guards again. */
export async function refusePlan(input: unknown): Promise<RefusalResult> {
  const refusal = parseArgument('refusePlan', refusalSchema, input, EXAMPLE);
  setCurrentDetails(
    `**${refusal.by}** refuses plan ${refusal.plan} of **${refusal.activation}**: ${refusal.reason}`,
  );
  const counts = await toldAsOwn(() => refuse(refusal));
  const { activation, plan: refused, by, reason } = refusal;
  return { activation, refused, by, reason, counts: inOrder(counts) };
}
