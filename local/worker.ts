import { fileURLToPath } from 'node:url';
import { startProcess, type RunningProcess } from '../dev/processes.ts';
import { untilItAnswers } from '../dev/waiting.ts';

/** A line of pino's. */
interface LogLine {
  level: number;
  msg: string;
  workflowId?: string;
}
const WARNING = 40;

/**
 * The worker as a process of its own; resolves when it is ready. Of its log only warnings and errors are said.
 * @param onEnd told when it ends although nobody stopped it
 * @throws Error with its last output when it cannot start
 */
export async function startWorker(
  env: NodeJS.ProcessEnv,
  { say, onEnd }: { say: (text: string) => void; onEnd: (error: Error) => void },
): Promise<RunningProcess> {
  const path = (file: string) => fileURLToPath(new URL(file, import.meta.url));
  let rest = '';
  const worker = startProcess([[process.execPath, path('../dev/start.js'), path('../worker/main.ts')]], {
    stopSignal: 'TERM',
    env: { ...withoutTemporal(process.env), ...env, LOG_LEVEL: 'info' },
    onOutput: (text) => {
      const lines = (rest + text).split('\n');
      rest = lines.pop()!;
      for (const line of lines) if (isWorthSaying(line)) say(`worker: ${inWords(line)}`);
    },
  });
  await untilItAnswers('The worker', worker, async () => worker.output().includes('worker is ready'));
  void worker.exited.then((code) => onEnd(new Error(`The worker ended with exit code ${code}.`)));
  return worker;
}

/** What another terminal has set for Temporal must not lead this worker to a real server. */
function withoutTemporal(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !name.startsWith('TEMPORAL_')));
}

function isWorthSaying(line: string): boolean {
  const entry = parsed(line);
  return entry ? entry.level >= WARNING : line.trim() !== '';
}

function inWords(line: string): string {
  const { msg, workflowId } = parsed(line) ?? { msg: line };
  return workflowId ? `${msg} (${workflowId})` : msg;
}

function parsed(line: string): LogLine | undefined {
  try {
    return JSON.parse(line) as LogLine;
  } catch {
    return undefined; // not the logger's, but worth knowing
  }
}
