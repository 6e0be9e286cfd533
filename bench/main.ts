import { Command } from 'commander';
import { benchApproval } from './approval.ts';
import { benchLicenceBudget } from './licence-budget.ts';
import { benchSegment } from './segment.ts';

const number = (text: string) => Number(text);

const program = new Command('bench');
program
  .command('segment', { isDefault: true })
  .description(
    'one big segment: a first run, 1 % churn, unchanged; also without its name: bench --members 1000000',
  )
  .option('--members <n>', 'members of the segment', number, 1_000_000)
  .option('--rounds <n>', 'churn runs', number, 3)
  .action(benchSegment);
program
  .command('licence-budget')
  .description('many activations at once on several workers, and what of the licence they use')
  .option('--activations <n>', 'activations that start at once', number, 50)
  .option('--members <n>', 'members of each segment', number, 200)
  .option('--workers <n>', 'worker processes', number, 2)
  .option(
    '--calls <n>',
    "the destination's limits.concurrentCalls; the simulator refuses the sixth",
    number,
    4,
  )
  .option(
    '--imports <n>',
    "the destination's limits.importsPerTablePerDay, and the simulator's",
    number,
    1_000,
  )
  .option('--slow <ms>', 'how long each call of Actito takes, beside its work', number, 0)
  .option('--rounds <n>', 'how often all of it is done, each time from nothing', number, 3)
  .action(benchLicenceBudget);
program
  .command('approval')
  .description('from the command approve to the list that Actito has')
  .option('--rounds <n>', 'how often', number, 5)
  .action(benchApproval);
await program.parseAsync();
