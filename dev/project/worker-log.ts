/** A line of pino's JSON output. */
interface LogLine {
  msg: string;
  workflowId?: string;
}
/** The line that the worker prints when it is ready. */
const READY = 'worker is ready';

/** Takes pieces of a worker's output, and passes its warnings and errors on as readable lines. */
export function logLines(tell: (line: string) => void): (text: string) => void {
  let rest = '';
  return (text) => {
    const lines = (rest + text).split('\n');
    rest = lines.pop()!;
    for (const line of lines) if (line.trim() !== '' && line !== READY) tell(inWords(line));
  };
}

function inWords(line: string): string {
  const { msg, workflowId } = parsed(line);
  return workflowId ? `${msg} (${workflowId})` : msg;
}

function parsed(line: string): LogLine {
  try {
    return JSON.parse(line) as LogLine;
  } catch {
    return { msg: line }; // not from the logger, but still useful
  }
}
