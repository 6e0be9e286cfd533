import { hostname } from 'node:os';
import { PROGRAM } from '../contract/commands.ts';

/*
 * Each connection has a name of its own, which PostgreSQL shows (`application_name`, at most 63 bytes): the program, the
 * machine, the process and a number. Within a fenced transaction, its run is added.
 */

const MACHINE = hostname()
  .replaceAll(/[^\w.-]/g, '_')
  .slice(0, 20);
let sessions = 0;

/** A name that no other connection has. */
export function newSessionName(): string {
  return `${PROGRAM} ${MACHINE}/${process.pid}-${++sessions}`;
}

/** Takes a name apart into that of the connection, and the run that it works for. */
export function separate(name: string): { session: string; run?: string } {
  const [session, run] = name.split(' run ');
  return { session: session!, run };
}

const OURS = new RegExp(`^${PROGRAM} ([\\w.-]+)/(\\d+)-\\d+(?: run (\\d+))?$`);

/** A session of ours, by its name; undefined: another program's, whose name may be anything. */
export function sessionOf(name: string): { machine: string; process: string; run?: string } | undefined {
  const [, machine, process, run] = OURS.exec(name) ?? [];
  return machine === undefined ? undefined : { machine, process: process!, run };
}
