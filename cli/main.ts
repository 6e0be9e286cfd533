import { commandLine } from './command-line.ts';
import { launch } from './launch.ts';

const interrupt = new AbortController();
process.once('SIGINT', () => interrupt.abort());

// Nobody reads any more (`… | head`): that ends the following too.
process.stdout.on('error', () => interrupt.abort());

process.exitCode = await commandLine(process.argv.slice(2), {
  env: process.env,
  in: process.stdin,
  out: process.stdout,
  err: process.stderr,
  signal: interrupt.signal,
  launch,
});
