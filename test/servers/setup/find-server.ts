import { accessSync, constants, statSync } from 'node:fs';
import { machine } from 'node:os';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The programs that the tests start, each with its Debian package. */
const PACKAGES = {
  vsftpd: 'vsftpd',
  proftpd: 'proftpd-core',
  'mod_tls.so': 'proftpd-mod-crypto',
  'mod_sftp.so': 'proftpd-mod-crypto',
  ftpquota: 'proftpd-core',
  'pure-ftpd': 'pure-ftpd',
  sshd: 'openssh-server',
  ip: 'iproute2',
  'pam_oath.so': 'libpam-oath',
  tinyproxy: 'tinyproxy',
  squid: 'squid',
  basic_ncsa_auth: 'squid',
  pgbouncer: 'pgbouncer',
  pgpool: 'pgpool2',
  postgres: 'postgresql-15',
  mariadbd: 'mariadb-server-core',
};

export type ServerProgram = keyof typeof PACKAGES;

/** Where Debian installs them, besides the PATH; the FTP servers are unpacked below the cache of the project. */
const FOLDERS = [
  'usr/sbin',
  'usr/bin',
  'usr/lib/postgresql/15/bin',
  'usr/lib/proftpd',
  'usr/lib/squid',
  `usr/lib/${machine()}-linux-gnu/security`,
];

/**
 * The path of a server's program. The cache of the project is preferred to installed ones.
 * @throws Error that
 * names the package
 */
export function findServer(program: ServerProgram, env: NodeJS.ProcessEnv = process.env): string {
  const found = lookFor(program, env);
  if (found !== undefined) return found;
  throw missing([program]);
}

/** @throws Error that names the package of every missing program */
export function requireServers(env: NodeJS.ProcessEnv = process.env): void {
  const programs = Object.keys(PACKAGES) as ServerProgram[];
  const lacking = programs.filter((program) => lookFor(program, env) === undefined);
  if (lacking.length > 0) throw missing(lacking);
}

function lookFor(program: ServerProgram, { ACTITO_SYNC_CACHE, PATH = '' }: NodeJS.ProcessEnv) {
  const project = fileURLToPath(new URL('../../../', import.meta.url));
  const unpacked = join(ACTITO_SYNC_CACHE ?? join(project, '.cache'), 'servers');
  return [
    ...FOLDERS.map((folder) => join(unpacked, folder)),
    ...PATH.split(delimiter).filter((folder) => folder !== ''),
    ...FOLDERS.map((folder) => join('/', folder)),
  ]
    .map((folder) => join(folder, program))
    .find(isFile);
}

function missing(programs: ServerProgram[]): Error {
  const packages = programs.map((program) => `${program} (package ${PACKAGES[program]})`);
  return new Error(
    `Not found: ${packages.join(', ')}. Run .ci/packages on Debian 12, which installs these packages.`,
  );
}

/** A program, or a module that a program loads. */
function isFile(path: string): boolean {
  try {
    accessSync(path, path.endsWith('.so') ? constants.R_OK : constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}
