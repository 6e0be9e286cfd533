import { hostname } from 'node:os';
import { PROGRAM } from '../contract/commands.ts';

/*
 * Each connection has its own name, which PostgreSQL shows (`application_name`, at most 63 bytes): the program, the
 * machine, the process and a number. Within a fenced transaction, the run is added.
 */

const MACHINE = hostname()
  .replaceAll(/[^\w.-]/g, '_')
  .slice(0, 20);
let sessions = 0;

/** Returns a name that no other connection has. */
export function newSessionName(): string {
  return `${PROGRAM} ${MACHINE}/${process.pid}-${++sessions}`;
}

/** Splits a name into the connection's name and the run that it works for. */
export function separate(name: string): { session: string; run?: string } {
  const [session, run] = name.split(' run ');
  return { session: session!, run };
}

const OURS = new RegExp(`^${PROGRAM} ([\\w.-]+)/(\\d+)-\\d+(?: run (\\d+))?$`);

/** Parses a session name of ours; undefined for another program's, which can have any name. */
export function sessionOf(name: string): { machine: string; process: string; run?: string } | undefined {
  const [, machine, process, run] = OURS.exec(name) ?? [];
  return machine === undefined ? undefined : { machine, process: process!, run };
}
