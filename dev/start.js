/*
 * Runs one of our programs: node dev/start.js worker/main.ts [arguments]. The program runs in this process, so that it
 * receives signals itself. tsx's own command line kills a program that is busy at Ctrl-C.
 */
import { spawn } from 'node:child_process';
import module from 'node:module';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

const [script, ...args] = process.argv.slice(2);

if (module.register) {
  await import('tsx');
  process.argv.splice(1, 1); // the program sees the arguments of a direct start
  await import(pathToFileURL(resolve(script)).href);
} else {
  // Node before 20.6 accepts a loader only at its start.
  const options = ['--no-warnings', '--loader', 'tsx', script, ...args];
  const child = spawn(process.execPath, options, { stdio: 'inherit' });
  process.on('SIGINT', () => {}); // a terminal sends it to both processes; the program handles it
  process.on('SIGTERM', () => child.kill('SIGTERM'));
  child.on('exit', (code, signal) => (process.exitCode = code ?? (signal === 'SIGINT' ? 130 : 1)));
}
