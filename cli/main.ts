import { commandLine } from './command-line.ts';
import { EXIT } from './exit-codes.ts';
import { launch } from './launch.ts';
import { isClosedByReader } from './output.ts';

const interrupt = new AbortController();
process.once('SIGINT', () => interrupt.abort());

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
  launch,
});
process.exitCode ??= code;
