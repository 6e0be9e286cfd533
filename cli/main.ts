import { commandLine } from './command-line.ts';
import { EXIT } from './exit-codes.ts';
import { launch } from './launch.ts';
import { isClosedByReader } from './output.ts';

const interrupt = new AbortController();
/** Milliseconds within which npm and a terminal can send the same Ctrl-C twice. */
const REPEATED = 1_000;
let interruptedAt = 0;

/** The first Ctrl-C stops following the run and prints that; a later one ends the process. */
function stop(): void {
  if (!interrupt.signal.aborted) interruptedAt = performance.now();
  else if (performance.now() - interruptedAt > REPEATED) process.exit(EXIT.interrupted);
  interrupt.abort();
}
// Not once(): if a spinner's handler is the only one left, it ends the process immediately.
process.on('SIGINT', stop);

// The reader has closed the pipe (`… | head`): stop following, too. Any other error loses output.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  interrupt.abort();
  if (isClosedByReader(error)) return;
  process.exitCode = EXIT.failed;
  process.stderr.write(`Standard output: ${error.code}\n`);
});
process.stderr.on('error', () => undefined); // there is no other stream to report the error on

const code = await commandLine(process.argv.slice(2), {
  env: process.env,
  in: process.stdin,
  out: process.stdout,
  err: process.stderr,
  signal: interrupt.signal,
  launch: (program, args) => {
    process.off('SIGINT', stop); // the program has its own handler
    return launch(program, args);
  },
});
process.exitCode ??= code;
