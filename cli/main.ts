import { commandLine } from './command-line.ts';
import { EXIT } from './exit-codes.ts';
import { launch } from './launch.ts';
import { isClosedByReader } from './output.ts';

const interrupt = new AbortController();
/** Milliseconds in which npm and a terminal may send the same Ctrl-C twice. */
const REPEATED = 1_000;
let interruptedAt = 0;

/** The first Ctrl-C ends the following, which says so; a later one ends the process. */
function stop(): void {
  if (!interrupt.signal.aborted) interruptedAt = performance.now();
  else if (performance.now() - interruptedAt > REPEATED) process.exit(EXIT.interrupted);
  interrupt.abort();
}
// Not once(): the handler of a spinner ends the process at once when it is the only one that is left.
process.on('SIGINT', stop);

// Nobody reads any more (`… | head`): that ends the following too. Any other error loses output that someone wanted.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  interrupt.abort();
  if (isClosedByReader(error)) return;
  process.exitCode = EXIT.failed;
  process.stderr.write(`Standard output: ${error.code}\n`);
});
process.stderr.on('error', () => undefined); // there is no place left to tell it

const code = await commandLine(process.argv.slice(2), {
  env: process.env,
  in: process.stdin,
  out: process.stdout,
  err: process.stderr,
  signal: interrupt.signal,
  launch: (program, args) => {
    process.off('SIGINT', stop); // the program has its own
    return launch(program, args);
  },
});
process.exitCode ??= code;
