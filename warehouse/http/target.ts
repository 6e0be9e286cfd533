import type { ConnectionOptions } from 'node:tls';
import { controlFault } from '../../activation/definition/safe-text.ts';
import { Failure } from '../../contract/failure.ts';
import { tlsOptions } from '../../postgres/tls.ts';

/** A warehouse that is read by HTTP, as its URL names it. */
export interface HttpTarget {
  /** The environment variable with the URL. Errors contain its name, never its value. */
  variable: string;
  /** Such as `https://host:8443`. */
  origin: string;
  /** The parts of the path, decoded. */
  path: string[];
  user?: string;
  password?: string;
  /** A bearer token, instead of a password. */
  token?: string;
  /** Undefined for http. */
  tls?: ConnectionOptions;
  /** The other parameters after the `?`. */
  parameters: Map<string, string>;
}

const TLS_PARAMETERS = ['sslmode', 'sslrootcert', 'sslcert', 'sslkey'] as const;
const SSL_MODES = ['require', 'verify-ca', 'verify-full'] as const;

/**
 * Parses a URL such as `https://user:password@host:8443/database?sslrootcert=/path/ca.pem`. The parameters of TLS have
 * libpq's names and meanings; without them, the certificate must be valid for the host.
 * @param example what the driver expects, for the error
 * @throws Failure ConfigurationInvalid, which quotes nothing of the URL
 */
export function httpTarget(url: string, variable: string, example: string): HttpTarget {
  const refuse = (setting: string, expected: string): never => {
    throw new Failure('sourceSettingUnusable', { connection: variable, setting, expected });
  };
  const refuseUrl = () => refuse('The URL', `${example}, with special characters percent-encoded`);
  if (controlFault(url) || !/^https?:\/\//i.test(url) || !URL.canParse(url)) return refuseUrl();
  const { origin, protocol, username, password, pathname, searchParams } = new URL(url);
  const decoded = (text: string) => {
    try {
      return decodeURIComponent(text) || undefined;
    } catch {
      return refuseUrl();
    }
  };
  const parameters = new Map(searchParams);
  const take = (name: string) => {
    const value = parameters.get(name);
    parameters.delete(name);
    return value || undefined;
  };
  const token = take('accessToken');
  const [sslmode = 'verify-full', sslrootcert, sslcert, sslkey] = TLS_PARAMETERS.map(take);
  const mode = SSL_MODES.find((each) => each === sslmode);
  if (mode === undefined) return refuse('sslmode', 'require, verify-ca or verify-full');
  if ((sslcert === undefined) !== (sslkey === undefined))
    return refuse('sslcert', 'set together with sslkey');
  const tls = { mode, isDirect: false, sslrootcert, sslcert, sslkey };
  return {
    variable,
    origin,
    path: pathname.split('/').flatMap((part) => decoded(part) ?? []),
    user: decoded(username),
    password: decoded(password),
    token,
    tls: protocol === 'https:' ? tlsOptions({ variable, tls }) || undefined : undefined,
    parameters,
  };
}

/** Returns the header that logs in; undefined without a password or a token. */
export function authorizationOf({ user = '', password, token }: HttpTarget): string | undefined {
  if (token !== undefined) return `Bearer ${token}`;
  if (password === undefined) return undefined;
  return `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
}
