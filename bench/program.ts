import { spawn, type ChildProcess } from 'node:child_process';

/**
 * Starts one of our programs as a separate process and waits until it has printed `ready`. A `.ts` file runs from the
 * sources, a `.js` file as it was built; `flags` are Node's.
 */
export async function startProgram(
  script: string,
  args: string[],
  env: NodeJS.ProcessEnv,
  ready: string,
  flags: string[] = [],
): Promise<{ process: ChildProcess; output: string }> {
  const command = script.endsWith('.ts') ? ['dev/start.js', script] : [script];
  const child = spawn(process.execPath, [...flags, ...command, ...args], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  process.once('exit', () => child.kill('SIGKILL')); // does nothing if the program has ended
  let output = '';
  await new Promise<void>((resolve, reject) => {
    child.once('exit', (code) => reject(new Error(`${script} ended with ${code}: ${output}`)));
    child.stdout.on('data', (chunk: Buffer) => {
      if (output.includes(ready)) return; // read on, so that it is never blocked, but keep nothing
      output += chunk.toString();
      if (output.includes(ready)) resolve();
    });
  });
  return { process: child, output };
}

/** Asks a program to end and waits until it has. */
export async function stopProgram(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGTERM');
  await ended;
}
