import { execFileSync } from 'node:child_process';
import type { Command } from '../../../dev/processes.ts';
import type { User } from '../../../dev/postgres/binaries.ts';

/** A separate machine as the network sees it: a network namespace behind a virtual cable. Needs root. */
export interface Machine {
  /** Its address, and ours on the same cable. */
  host: string;
  ours: string;
  /** The same command, run on it; `user` runs it. */
  run(command: Command, user?: User): Command;
  /** Drops all packets from now on, and ends no connection: like a machine without power. */
  vanish(): void;
  /** Ends the processes on it: some servers do not end while their last packets cannot be sent. */
  endAll(): void;
  remove(): void;
}

/** Addresses reserved for documentation (RFC 5737), which no real network uses. */
const NET = '198.51.100';
let count = 0;

export function startMachine(): Machine {
  const name = `as${process.pid}x${++count}`;
  const [ours, host] = [`${NET}.${count * 4 + 1}`, `${NET}.${count * 4 + 2}`];
  const ip = (...args: string[]) =>
    execFileSync('ip', args, { stdio: ['ignore', 'pipe', 'pipe'] }).toString();
  const there = (...args: string[]) => ip('-n', name, ...args);
  const [near, far] = [`${name}a`, `${name}b`];
  ip('netns', 'add', name);
  try {
    ip('link', 'add', near, 'type', 'veth', 'peer', 'name', far, 'netns', name);
    ip('address', 'add', `${ours}/30`, 'dev', near);
    ip('link', 'set', near, 'up');
    there('address', 'add', `${host}/30`, 'dev', far);
    there('link', 'set', far, 'up');
    there('link', 'set', 'lo', 'up');
    const [, address] = /link\/ether (\S+)/.exec(there('link', 'show', far))!;
    // Between real machines is a router, which continues to accept packets for an absent one.
    ip('neigh', 'replace', host, 'lladdr', address!, 'dev', near, 'nud', 'permanent');
  } catch (error) {
    ip('netns', 'delete', name);
    throw error;
  }
  return {
    host,
    ours,
    run: (command, user) => {
      const as = user ? ['setpriv', `--reuid=${user.uid}`, `--regid=${user.gid}`, '--clear-groups'] : [];
      return ['ip', 'netns', 'exec', name, ...as, ...command];
    },
    vanish: () => void there('route', 'add', 'blackhole', `${ours}/32`),
    endAll: () => {
      for (const pid of ip('netns', 'pids', name).split('\n').filter(Boolean))
        process.kill(Number(pid), 'SIGKILL');
    },
    remove: () => {
      // A process that is still on the machine keeps it, and with it the cable and our address on the cable.
      try {
        ip('link', 'delete', near);
      } finally {
        ip('netns', 'delete', name);
      }
    },
  };
}
