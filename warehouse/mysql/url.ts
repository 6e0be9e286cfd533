import { Failure } from '../../contract/failure.ts';
import { SSL_MODES } from '../../contract/messages/database-urls.ts';
import type { SslMode, TlsSettings } from '../../postgres/url.ts';

/** The database of a URL. */
export interface MysqlTarget {
  /** The environment variable with the URL. Errors contain its name, never its value. */
  variable: string;
  host: string;
  port: number;
  /** The path of a Unix socket, which replaces host and port. */
  socket?: string;
  user?: string;
  password?: string;
  database?: string;
  /** In milliseconds. */
  connectTimeout?: number;
  tls: TlsSettings;
}

const EXAMPLE =
  'mysql://user:password@host:3306/database, with special characters percent-encoded (/ ? # [ ] @ : %)';
const PORT = 3306;

/** Names of MySQL's own programs for the parameters; the first is libpq's, as for PostgreSQL. */
const NAMES = {
  sslmode: ['sslmode', 'ssl-mode'],
  sslrootcert: ['sslrootcert', 'ssl-ca'],
  sslcert: ['sslcert', 'ssl-cert'],
  sslkey: ['sslkey', 'ssl-key'],
  sslpassword: ['sslpassword'],
  connect_timeout: ['connect_timeout', 'connect-timeout'],
  socket: ['socket'],
} as const;
const KNOWN = (Object.values(NAMES) as readonly (readonly string[])[]).flat();

/** MySQL's `--ssl-mode`, in lower case. */
const OWN_MODES = new Map<string, SslMode>([
  ['disabled', 'disable'],
  ['preferred', 'prefer'],
  ['required', 'require'],
  ['verify_ca', 'verify-ca'],
  ['verify_identity', 'verify-full'],
]);

/**
 * Parses the URL of a MySQL or MariaDB database: `mysql://user:password@host:3306/database?sslmode=verify-full`. The
 * TLS parameters and their defaults are those of PostgreSQL's URLs; the names of MySQL's own programs work, too.
 * @throws Failure ConfigurationInvalid, which quotes nothing of the URL
 */
export function mysqlTarget(text: string, variable: string): MysqlTarget {
  const refuse = (setting: string, expected: string): never => {
    throw new Failure('sourceSettingUnusable', { connection: variable, setting, expected });
  };
  const url = URL.canParse(text) ? new URL(text) : refuse('The URL', EXAMPLE);
  if (!['mysql:', 'mariadb:'].includes(url.protocol) || url.hash !== '') return refuse('The URL', EXAMPLE);
  const decoded = (part: string) => {
    try {
      return decodeURIComponent(part) || undefined;
    } catch {
      return refuse('The URL', EXAMPLE);
    }
  };
  const given = [...url.searchParams];
  if (given.some(([name, value]) => !KNOWN.includes(name) || value === ''))
    return refuse('A parameter after the ? of the URL', `one of ${KNOWN.join(', ')}, with a value`);
  const parameter = (name: keyof typeof NAMES) =>
    given.find(([each]) => (NAMES[name] as readonly string[]).includes(each))?.[1];
  const seconds = parameter('connect_timeout');
  if (seconds !== undefined && !/^[1-9]\d{0,5}$/.test(seconds))
    return refuse('connect_timeout', 'a whole number of seconds');
  const socket = parameter('socket');
  const host = decoded(url.hostname) ?? refuse('The URL', EXAMPLE);
  return {
    variable,
    host: host.replace(/^\[(.*)\]$/, '$1'),
    port: url.port === '' ? PORT : Number(url.port),
    socket,
    user: decoded(url.username),
    password: decoded(url.password),
    database: decoded(url.pathname.slice(1)),
    connectTimeout: seconds === undefined ? undefined : Number(seconds) * 1_000,
    tls: tlsOf(parameter, socket !== undefined, refuse),
  };
}

function tlsOf(
  parameter: (name: keyof typeof NAMES) => string | undefined,
  isSocket: boolean,
  refuse: (setting: string, expected: string) => never,
): TlsSettings {
  const sslrootcert = parameter('sslrootcert');
  const said = (parameter('sslmode') ?? (sslrootcert === undefined ? 'prefer' : 'verify-full')).toLowerCase();
  const chosen = OWN_MODES.get(said) ?? SSL_MODES.find((each) => each === said);
  if (chosen === undefined) return refuse('sslmode', `one of ${SSL_MODES.join(', ')}`);
  const mode = chosen === 'require' && sslrootcert !== undefined ? 'verify-ca' : chosen; // as in libpq
  const [sslcert, sslkey, sslpassword] = [
    parameter('sslcert'),
    parameter('sslkey'),
    parameter('sslpassword'),
  ];
  if ((sslcert === undefined) !== (sslkey === undefined))
    return refuse('sslcert', 'set together with sslkey');
  // A Unix socket cannot be intercepted.
  return { mode: isSocket ? 'disable' : mode, isDirect: false, sslrootcert, sslcert, sslkey, sslpassword };
}
