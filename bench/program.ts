import { startProcess, type RunningProcess } from '../dev/processes.ts';
import { untilItAnswers } from '../dev/waiting.ts';

/**
 * Starts one of the bench's own programs as a process of its own, which says where it is by a line of JSON.
 * @throws Error with its output when it cannot start
 */
export async function startProgram<T>(
  script: string,
  ...args: string[]
): Promise<{ place: T; program: RunningProcess }> {
  const program = startProcess([[process.execPath, 'dev/start.js', script, ...args]], {
    stopSignal: 'TERM',
    onOutput: (text) => {
      if (!text.startsWith('{')) process.stderr.write(text);
    },
  });
  const line = () => /^\{.*\}$/m.exec(program.output())?.[0];
  await untilItAnswers(script, program, async () => line() !== undefined);
  return { place: JSON.parse(line()!) as T, program };
}
