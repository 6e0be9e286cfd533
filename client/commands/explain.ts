import type { Command } from 'commander';
import { canonicalKey } from '../../activation/keys/canonical.ts';
import { latestDefinition } from '../../state/report/activations.ts';
import { findRecordOf } from '../../state/report/forgotten.ts';
import { readKeyFacts } from '../../state/report/member.ts';
import { explainKey, neverRan, wasForgotten, type Explanation } from '../explain/explain.ts';
import { describeKey } from '../output/explain.ts';
import { hasRun, withState } from '../state.ts';
import { examples, type CommandContext } from './context.ts';
import { ACTIVATION, JSON_OPTION, READS_STATE } from './options.ts';
import type { Surroundings } from './surroundings.ts';

/** Adds `explain <activation> <key>`. */
export function defineExplain(program: Command, { surroundings }: CommandContext): void {
  program
    .command('explain')
    .description(
      'say whether a key is on the list, since when, what Actito last said of it; or why it is not',
    )
    .argument('<activation>', ACTIVATION)
    .argument(
      '<key>',
      "the matching key as the warehouse has it: an e-mail address, a phone number, the customer's id",
    )
    .option('--json', JSON_OPTION)
    .addHelpText('after', READS_STATE)
    .addHelpText(
      'after',
      examples(
        ['explain vip-customers anna@example.com', 'why does she get the campaign, or not'],
        ["explain sms-club '0470 12 34 56'", 'in any spelling that the segment may have'],
      ),
    )
    .action(async (activation: string, key: string, { json = false }: { json?: boolean }) => {
      const explanation = await explain(activation, key, surroundings);
      const lines = json ? [JSON.stringify(explanation, null, 2)] : describeKey(explanation);
      surroundings.out.write(`${lines.join('\n')}\n`);
    });
}

async function explain(activation: string, key: string, { env }: Surroundings): Promise<Explanation> {
  return withState(env, async (snapshot) => {
    const ran = await hasRun(snapshot, activation, env);
    const definition = ran ? await latestDefinition(snapshot, activation) : undefined;
    const forgotten = await findRecordOf(snapshot, key, definition?.activation.matchingKey.defaultCountry);
    if (forgotten) return wasForgotten({ activation, key }, forgotten);
    if (!definition) return neverRan({ activation, key });
    const found = canonicalKey(definition.activation.matchingKey, key);
    const canonical = 'key' in found ? found.key : null;
    const stored = key.slice(0, 255); // unusable keys are stored as the source says them
    const spellings = canonical === null ? [stored] : [...new Set([canonical, stored])];
    const facts = await readKeyFacts(snapshot, activation, { canonical, spellings });
    return explainKey({ activation, key }, { definition, found, facts });
  });
}
