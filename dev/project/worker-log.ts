/** A line of pino's. */
interface LogLine {
  msg: string;
  workflowId?: string;
}
/** What the worker prints when all is well. */
const READY = 'worker is ready';

/** Takes a worker's output in pieces, and tells its warnings and errors as people read them, line by line. */
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
    return { msg: line }; // not the logger's, but worth knowing
  }
}
