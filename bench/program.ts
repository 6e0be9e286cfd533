import { spawn, type ChildProcess } from 'node:child_process';

/** Starts one of our programs as a process of its own, and waits until it has printed `ready`. */
export async function startProgram(
  script: string,
  args: string[],
  env: NodeJS.ProcessEnv,
  ready: string,
): Promise<{ process: ChildProcess; output: string }> {
  const child = spawn(process.execPath, ['dev/start.js', script, ...args], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
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
