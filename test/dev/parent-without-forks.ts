import { execFileSync } from 'node:child_process';
import { startProcess } from '../../dev/processes.ts';

/* Starts a process although the system allows it no further one, and prints what is known about it as JSON. */

execFileSync('prlimit', ['--nproc=0', '--pid', String(process.pid)]);
if (process.getuid!() === 0) process.setuid!(65_534); // the limit does not apply to root

const running = startProcess([['true']], { stopSignal: 'KILL' });
let pid: string;
try {
  pid = String(running.pid);
} catch (error) {
  pid = (error as Error).message;
}
const failure = await running.exited.catch((error: NodeJS.ErrnoException) => error.code);
console.log(JSON.stringify({ pid, failure }));
