import { controlFault } from '../activation/definition/safe-text.ts';
import { Failure } from '../contract/failure.ts';
import { SSL_MODES, type UrlFault } from '../contract/messages/database-urls.ts';
import { faultOfParameter } from './parameters.ts';

/** How a connection is encrypted, and which certificates it trusts. Names and meanings are libpq's. */
export type SslMode = (typeof SSL_MODES)[number];

/** The TLS settings of a URL. Files are read when a connection is made, so a renewed certificate is used. */
export interface TlsSettings {
  mode: SslMode;
  /** TLS begins immediately, without a request to the server (PostgreSQL 17). */
  isDirect: boolean;
  /** A file of certificates, or `system`. */
  sslrootcert?: string;
  sslcert?: string;
  sslkey?: string;
  sslpassword?: string;
  sslcrl?: string;
}

/** The database of a URL. Missing parts have node-postgres' own defaults, such as `PGHOST`. */
export interface DatabaseTarget {
  /** The environment variable with the URL. Errors contain its name, never its value. */
  variable: string;
  /** A name, an address, or the folder of a Unix socket. */
  host?: string;
  port?: number;
  user?: string;
  password?: string;
  database?: string;
  options?: string;
  applicationName?: string;
  /** In milliseconds. */
  connectTimeout?: number;
  mustBindChannel: boolean;
  tls: TlsSettings;
}

const PARTS = /^([a-z+]+):\/\/(?:([^/?#]*)@)?([^/?#@]*)(?:\/([^?#]*))?(?:\?([^#]*))?$/is;

/**
 * Parses the URL of a PostgreSQL database like libpq:
 * `postgres://user:password@host:5432/database?sslmode=verify-full`, or
 * `postgres://user@/database?host=/run/postgresql` for a Unix socket.
 * @param env variables of libpq that replace missing parameters: PGSSLMODE, PGSSLROOTCERT, PGSSLCERT, PGSSLKEY
 * @throws Failure ConfigurationInvalid, which names the wrong part and quotes nothing of the URL
 */
export function databaseTarget(
  url: string,
  variable: string,
  env: NodeJS.ProcessEnv = process.env,
): DatabaseTarget {
  const refuse = (fault: UrlFault): never => {
    throw new Failure('databaseUrlUnusable', { variable, ...fault });
  };
  if (controlFault(url) || !/^postgres(ql)?:\/\//i.test(url)) return refuse({ part: 'url' });
  const found = PARTS.exec(url);
  if (!found) return refuse({ part: 'special' });
  const [, , login, address = '', database, query] = found;
  const decoded = (part: 'user' | 'password' | 'host' | 'database' | 'parameters', text = '') => {
    try {
      return decodeURIComponent(text) || undefined;
    } catch {
      return refuse({ part, fault: 'encoding' });
    }
  };
  const parameters = new Map<string, string>();
  for (const pair of (query ?? '').split('&').filter((each) => each !== '')) {
    const [name = '', ...value] = pair.split('=');
    const key = decoded('parameters', name) ?? '';
    const text = decoded('parameters', value.join('=')) ?? '';
    const fault = faultOfParameter(key, text);
    if (fault) return refuse(fault);
    parameters.set(key, text);
  }
  const at = (login ?? '').indexOf(':');
  const [user, password] = at < 0 ? [login, undefined] : [login!.slice(0, at), login!.slice(at + 1)];
  const host = parameters.get('host') ?? hostOf(address, refuse, (text) => decoded('host', text));
  if (host?.includes(',')) return refuse({ part: 'host', fault: 'several' });
  const timeout = Number(parameters.get('connect_timeout') ?? 0);
  return {
    variable,
    host,
    port: portOf(parameters.get('port') ?? /:([^:\]]*)$/.exec(address)?.[1], refuse),
    user: parameters.get('user') ?? decoded('user', user),
    password: parameters.get('password') ?? decoded('password', password),
    database: parameters.get('dbname') ?? decoded('database', database),
    options: parameters.get('options'),
    applicationName: parameters.get('application_name'),
    connectTimeout: timeout > 0 ? timeout * 1_000 : undefined,
    mustBindChannel: parameters.get('channel_binding') === 'require',
    tls: tlsOf(parameters, host?.startsWith('/') ?? false, env, refuse),
  };
}

/** Returns the host without the port; an IPv6 address is in brackets. */
function hostOf(
  address: string,
  refuse: (fault: UrlFault) => never,
  decoded: (text: string) => string | undefined,
): string | undefined {
  const bracketed = /^\[([0-9a-f:.]+(?:%25\w+)?)\](?::[^:]*)?$/i.exec(address)?.[1];
  if (bracketed !== undefined) return decoded(bracketed);
  const host = decoded(address.replace(/:[^:,]*$/, ''));
  if (host === undefined || host.startsWith('/')) return host;
  if (host.includes(',')) return refuse({ part: 'host', fault: 'several' });
  return /^[^\s@/\\?#:[\]]+$/.test(host) ? host : refuse({ part: 'special' });
}

function portOf(text: string | undefined, refuse: (fault: UrlFault) => never): number | undefined {
  if (text === undefined || text === '') return undefined;
  const port = /^\d{1,5}$/.test(text) ? Number(text) : 0;
  return port >= 1 && port <= 65_535 ? port : refuse({ part: 'port' });
}

/** The names in JDBC. */
const SSL = new Map([
  ['true', 'require'],
  ['false', 'disable'],
]);

function tlsOf(
  parameters: ReadonlyMap<string, string>,
  isSocket: boolean,
  env: NodeJS.ProcessEnv,
  refuse: (fault: UrlFault) => never,
): TlsSettings {
  const setting = (name: string) => parameters.get(name) || env[`PG${name.toUpperCase()}`] || undefined;
  const [sslrootcert, sslcert, sslkey] = ['sslrootcert', 'sslcert', 'sslkey'].map(setting);
  const said = setting('sslmode') ?? SSL.get(parameters.get('ssl') ?? '');
  const isSystem = sslrootcert === 'system';
  const mode = modeOf(said ?? (isSystem ? 'verify-full' : 'prefer'), sslrootcert);
  if (mode === undefined) return refuse({ part: 'sslmode', fault: 'value' });
  if (isSocket) return { mode: 'disable', isDirect: false }; // as in libpq: a Unix socket cannot be intercepted
  if (isSystem && mode !== 'verify-full') return refuse({ part: 'sslrootcert', fault: 'weak' });
  if (sslcert !== undefined && sslkey === undefined) return refuse({ part: 'sslcert', fault: 'pair' });
  if (sslkey !== undefined && sslcert === undefined) return refuse({ part: 'sslkey', fault: 'pair' });
  const isDirect = parameters.get('sslnegotiation') === 'direct';
  if (isDirect && (mode === 'disable' || mode === 'prefer'))
    return refuse({ part: 'sslnegotiation', fault: 'weak' });
  const [sslpassword, sslcrl] = [setting('sslpassword'), setting('sslcrl')];
  return { mode, isDirect, sslrootcert, sslcert, sslkey, sslpassword, sslcrl };
}

/**
 * `allow` tries without TLS first; trying TLS first reaches the same servers. `no-verify` is node-postgres' name for
 * libpq's `require`, and `require` with a root certificate is `verify-ca`, as in libpq.
 */
function modeOf(said: string, sslrootcert: string | undefined): SslMode | undefined {
  if (said === 'allow') return 'prefer';
  if (said === 'no-verify') return 'require';
  if (said === 'require' && sslrootcert !== undefined && sslrootcert !== 'system') return 'verify-ca';
  return SSL_MODES.find((mode) => mode === said);
}
