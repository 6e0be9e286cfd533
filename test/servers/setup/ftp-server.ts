import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, readlinkSync, realpathSync, statSync } from 'node:fs';
import { chmod, chown, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FtpsLogin } from '../../../actito/delivery/ftps.ts';
import { freePort } from '../../../dev/ports.ts';
import { type Command, type RunningProcess, startProcess } from '../../../dev/processes.ts';
import { untilItAnswers } from '../../../dev/waiting.ts';
import { createCertificate } from '../../../simulator/transfer/certificate.ts';
import type { Machine } from './machine.ts';

/** A real FTP server, and direct access to its folder. */
export interface FtpServer {
  login: FtpsLogin;
  /** The path of the folder for lists, as the server names it. */
  directory: string;
  /** The same folder on this machine. */
  folder: string;
  names(): Promise<string[]>;
  /** Undefined if there is no such file. */
  text(name: string): Promise<string | undefined>;
  size(name: string): number;
  write(name: string, content: string): Promise<void>;
  /** Removes every file. */
  empty(): Promise<void>;
  /** Suspends all processes of the server until `proceed` (SIGSTOP, SIGCONT). */
  halt(): void;
  proceed(): void;
  stop(): Promise<void>;
}

/** The options of a server of these tests. */
export interface FtpServerOptions {
  /** Additional lines of the configuration, or options of the command line. */
  settings?: string[];
  /** TLS from the first byte, without AUTH TLS. */
  implicit?: boolean;
  env?: NodeJS.ProcessEnv;
  /** The folder for lists is a file system of this size, for example `64k`; needs root. */
  diskSize?: string;
  /** How many bytes the account may store; vsftpd has no quota. */
  quota?: number;
  /** Where it runs, if not on this machine. */
  machine?: Machine;
}

/** The start parameters of a kind of server. */
export interface Place {
  host: string;
  port: number;
  /** Passive ports. */
  passive: [first: number, last: number];
  /** Configuration and certificate; the account cannot access it. */
  own: string;
  /** The account's home. */
  home: string;
  certificate: string;
  user: { uid: number; gid: number };
  options: FtpServerOptions;
}

export const PASSWORD = 'top-secret';
/** A user that every Debian has, with an existing home, which vsftpd requires. */
export const USER = 'daemon';

/** The session may have ended since it was found. */
function unlessGone(kill: () => void): void {
  try {
    kill();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

/** Starts a server as `prepare` says, on a free port, with its own certificate and account. */
export async function startFtpServer(
  name: string,
  options: FtpServerOptions,
  prepare: (place: Place) => Promise<{ command: Command; username: string }>,
): Promise<FtpServer> {
  if (process.getuid?.() !== 0) throw new Error(`Run as root: ${name} changes to the user of a session.`);
  const [uid, gid] = ['-u', '-g'].map((which) => Number(execFileSync('id', [which, USER])));
  const user = { uid: uid!, gid: gid! };
  const { machine } = options;
  const host = machine?.host ?? '127.0.0.1';
  const own = await mkdtemp(join(tmpdir(), 'actito-sync-ftp-'));
  const home = join(own, 'home');
  const folder = join(home, 'in');
  await chmod(own, 0o755);
  await mkdir(folder, { recursive: true });
  if (options.diskSize)
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${options.diskSize}`, 'tmpfs', folder]);
  await chown(folder, user.uid, user.gid);
  const { cert, key } = await createCertificate([host]);
  const certificate = join(own, 'certificate.pem');
  await writeFile(certificate, `${key}\n${cert}\n`, { mode: 0o600 });
  const first = await freePort();
  const place: Place = {
    host,
    port: await freePort(),
    passive: [first, first + 200],
    own,
    home,
    certificate,
    user,
    options,
  };
  const end = async (running?: RunningProcess) => {
    await running?.stop();
    if (options.diskSize) execFileSync('umount', ['--lazy', folder]);
    await rm(own, { recursive: true });
  };
  let running: RunningProcess | undefined;
  try {
    const { command, username } = await prepare(place);
    const server = startProcess([machine?.run(command) ?? command], {
      stopSignal: 'TERM',
      env: { ...process.env, ...options.env },
    });
    running = server;
    await untilItAnswers(name, server, () => accepts(host, place.port));
    const login: FtpsLogin = {
      protocol: 'ftps',
      host,
      port: place.port,
      username,
      password: PASSWORD,
      ca: cert,
      tls: options.implicit ? 'implicit' : 'explicit',
    };
    const signal = (name: NodeJS.Signals) => {
      for (const pid of processesOf(command[0], own)) unlessGone(() => process.kill(pid, name));
    };
    return {
      login,
      ...viewOf(folder),
      halt: () => signal('SIGSTOP'),
      proceed: () => signal('SIGCONT'),
      stop: async () => {
        signal('SIGKILL'); // the sessions of vsftpd are process groups of their own, which outlive it
        await end(server);
      },
    };
  } catch (error) {
    await end(running);
    throw error;
  }
}

function viewOf(folder: string) {
  const path = (name: string) => join(folder, name);
  return {
    directory: '/in',
    folder,
    names: async () => (await readdir(folder)).sort(),
    text: (name: string) =>
      readFile(path(name), 'utf8').catch((error: NodeJS.ErrnoException) => {
        if (error.code !== 'ENOENT') throw error;
        return undefined;
      }),
    size: (name: string) => statSync(path(name), { throwIfNoEntry: false })?.size ?? 0,
    write: (name: string, content: string) => writeFile(path(name), content),
    empty: async () => {
      for (const name of await readdir(folder)) await rm(path(name), { recursive: true });
    },
  };
}

/**
 * Processes of a program that were started with a file of this folder, or have one open: a process may give itself
 * another command line.
 */
function processesOf(program: string, own: string): number[] {
  const isOurs = (pid: string) =>
    readlinkSync(`/proc/${pid}/exe`) === realpathSync(program) &&
    (readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(own) ||
      readdirSync(`/proc/${pid}/fd`).some((fd) => readlinkSync(`/proc/${pid}/fd/${fd}`).includes(own)));
  return readdirSync('/proc')
    .filter((entry) => /^\d+$/.test(entry) && unlessEnded(() => isOurs(entry)))
    .map(Number);
}

/** False for a process that has ended in the meantime. */
function unlessEnded(is: () => boolean): boolean {
  try {
    return is();
  } catch {
    return false;
  }
}

/** Whether a server listens there. */
function accepts(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, host);
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
    socket.once('close', () => socket.destroy());
    socket.once('connect', () => socket.destroy());
  });
}
