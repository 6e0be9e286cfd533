import { execFileSync } from 'node:child_process';
import type { Command } from '../../../dev/processes.ts';
import type { User } from '../../../dev/postgres/binaries.ts';

/** A machine of its own as the network sees it: a network namespace behind a cable. Needs root. */
export interface Machine {
  /** Its address, and ours on the same cable. */
  host: string;
  ours: string;
  /** The same command, run on it; `user` is who runs it. */
  run(command: Command, user?: User): Command;
  /** From now on no packet comes or goes, and no connection ends: as when a machine loses its power. */
  vanish(): void;
  /** Ends what runs on it: some servers do not end while their last words cannot be sent. */
  endAll(): void;
  remove(): void;
}

/** Addresses of documentation (RFC 5737), which no real network uses. */
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
    // A router stands between real machines, and goes on taking packets for one that is gone.
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
    remove: () => void ip('netns', 'delete', name),
  };
}
