import { counted } from '../../contract/messages/words.ts';
import type { Command } from 'commander';
import { probeInWords, type Probe } from '../../contract/probes.ts';
import type { CommandContext } from '../context.ts';
import { EXIT } from '../exit-codes.ts';
import { waiting } from '../follow.ts';
import { examples, JSON_OPTION } from '../options.ts';
import { jsonOf } from '../output.ts';

export function defineDoctor(program: Command, context: CommandContext): void {
  program
    .command('doctor')
    .description('test everything that a run needs, from the worker')
    .argument('[target]', 'a destination or an activation; default: the whole project')
    .option('--json', JSON_OPTION)
    .addHelpText('after', WHAT)
    .addHelpText(
      'after',
      examples(
        ['doctor', 'before the first run, or when runs fail'],
        ['doctor vip-customers', 'an activation with its source and destination'],
        ['doctor --json', 'for a program'],
      ),
    )
    .action((target: string | undefined, { json = false }: { json?: boolean }) =>
      examine(target, json, context),
    );
}

const WHAT = `
It changes nothing, except that it writes, renames and deletes a test file of its own on the file server. Only a run can
show whether the API key may import, add attributes and create lists.`;

async function examine(target: string | undefined, json: boolean, context: CommandContext): Promise<void> {
  const { env, out } = context;
  if (target !== undefined) {
    const { checkTarget } = await import('../project.ts');
    await checkTarget(target, env);
  }
  await context.connected(async (client) => {
    const result = await client.doctor(target === undefined ? {} : { target }, waiting(context));
    const lines = json ? [jsonOf('doctor', result)] : describeProbes(result.probes);
    out.write(`${lines.join('\n')}\n`);
    return result.probes.every(({ ok }) => ok) ? EXIT.ok : EXIT.failed;
  });
}

/** Describes the probes line by line, with advice for failed ones. */
function describeProbes(probes: readonly Probe[]): string[] {
  const width = Math.max(...probes.map(({ name }) => name.length));
  const lines = probes.flatMap((probe) => {
    const [first, ...more] = probeInWords(probe);
    const advice = probe.advice === undefined ? [] : [`→ ${probe.advice.message}`];
    return [
      `${sign(probe)} ${probe.name.padEnd(width)}  ${first}`,
      ...[...more, ...advice].map((line) => `    ${line}`),
    ];
  });
  return [...lines, verdict(probes)];
}

function sign({ ok, told }: Probe): string {
  if (!ok) return '✖';
  return told ? '•' : '✔';
}

function verdict(probes: readonly Probe[]): string {
  const tried = probes.filter(({ told }) => !told).length;
  const failed = probes.filter(({ ok }) => !ok).length;
  const result =
    failed === 0 ? `${counted(tried, 'probe')} passed.` : `${failed} of ${counted(tried, 'probe')} failed.`;
  const told = probes.length - tried;
  return told === 0
    ? result
    : `${result} Lines with • cannot be checked automatically: compare them in Actito.`;
}
