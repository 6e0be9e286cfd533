/*
 * `actito-sync dev [folder]`: runs everything that a project folder needs on one machine, in one terminal. It never
 * calls the folder's real Actito, because each destination gets a simulator.
 */
import { access } from 'node:fs/promises';
import { resolve } from 'node:path';
import { Command } from 'commander';
import { projectFolder } from '../../config/folder-setting.ts';
import { problemInWords } from '../../contract/messages/project.ts';
import { loadProject } from '../../config/project.ts';
import { Interrupted, listenForInterrupt } from '../interrupt.ts';
import { Resources } from '../resources.ts';
import { startProjectStack } from './stack.ts';
import { whatThereIs } from './words.ts';

async function main(): Promise<number> {
  const program = new Command('actito-sync dev')
    .description(
      'Run a local stack for a project folder: PostgreSQL, Temporal, a simulated Actito and a worker.',
    )
    .argument('[folder]', 'default: ACTITO_SYNC_PROJECT')
    .option('--seed <file>', 'SQL file that fills the warehouse of this stack')
    .parse();
  const { seed } = program.opts<{ seed?: string }>();
  const [argument] = program.processedArgs as [string | undefined];
  const say = (text: string) => void process.stdout.write(`${text}\n`);
  const interrupt = listenForInterrupt();
  process.stdout.on('error', interrupt.fail);
  const resources = new Resources();
  try {
    const folder = argument ?? projectFolder(process.env);
    const project = await loadProject(folder);
    for (const problem of project.problems) say(problemInWords(problem));
    if (seed !== undefined) await access(seed);
    const starting = startProjectStack(resources, { folder: resolve(folder), project, seed }, interrupt, say);
    const stack = await interrupt.orInterrupted(starting);
    say(whatThereIs(stack).join('\n'));
    await interrupt.orInterrupted(new Promise(() => undefined));
    return 0;
  } catch (error) {
    if (error instanceof Interrupted) {
      say('\nStopping …');
      return 0; // Ctrl-C is the normal end
    }
    console.error((error as Error).message);
    return 1;
  } finally {
    await resources.end();
  }
}

process.exit(await main());
