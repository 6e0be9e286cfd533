import { Command, InvalidArgumentError } from 'commander';
import { benchApproval } from './approval.ts';
import { benchDirectory } from './directory.ts';
import { benchLicenceBudget } from './licence-budget.ts';
import { benchSegment } from './segment.ts';
import { benchWarehouses } from './warehouses.ts';
import { MEASURED } from './warehouses/sources.ts';

const number = (text: string) => Number(text);

/** `100,100000`: at least 100 members each, since 1 % of them changes. */
function sizes(text: string): number[] {
  const found = text.split(',').map(Number);
  if (found.every((size) => Number.isInteger(size) && size >= 100)) return found;
  throw new InvalidArgumentError('Expected whole numbers from 100 on, separated by commas.');
}

function drivers(text: string): string[] {
  const found = text.split(',');
  if (found.every((driver) => MEASURED.some((known) => known === driver))) return found;
  throw new InvalidArgumentError(`Expected names of drivers, separated by commas: ${MEASURED.join(', ')}.`);
}

const program = new Command('bench');
program
  .command('segment', { isDefault: true })
  .description('Measure one big segment (default)')
  .option(
    '--members <n,…>',
    'sizes of the segment, each measured on its own',
    sizes,
    [100, 100_000, 1_000_000],
  )
  .option('--rounds <n>', 'runs with 1 % churn', number, 3)
  .option('--json <file>', 'write the lines of JSON to a file instead of stdout')
  .option('--simulator', 'run against the simulator, to see how much time it takes', false)
  .option('--no-rows', 'do not count rows written, which needs triggers')
  .action(benchSegment);
program
  .command('directory')
  .description('Measure the profile directory: exports into it, and runs with and without it')
  .option('--members <n,…>', 'sizes of the segment, each measured on its own', sizes, [100_000, 1_000_000])
  .option('--rounds <n>', 'how often each load and each pair of runs is measured', number, 3)
  .option('--json <file>', 'write the lines of JSON to a file instead of stdout')
  .action(benchDirectory);
program
  .command('warehouses')
  .description("Measure the drivers of warehouses, next to PostgreSQL's COPY")
  .option('--rows <n>', 'rows of the segment', number, 1_000_000)
  .option('--rounds <n>', 'how often each driver is measured', number, 3)
  .option('--drivers <a,…>', 'only these drivers, and always postgres', drivers, MEASURED)
  .option('--json <file>', 'write the lines of JSON to a file instead of stdout')
  .action(benchWarehouses);
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
