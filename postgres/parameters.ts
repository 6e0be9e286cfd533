import { closest, distance } from 'fastest-levenshtein';
import { CHOICES, type ParameterName, type UrlFault } from '../contract/messages/database-urls.ts';

/** Parameters of libpq that are supported. */
const OBEYED = [
  'host',
  'port',
  'user',
  'password',
  'dbname',
  'options',
  'application_name',
  'connect_timeout',
  'sslmode',
  'ssl',
  'sslrootcert',
  'sslcert',
  'sslkey',
  'sslpassword',
  'sslcrl',
  'sslnegotiation',
  'channel_binding',
  'gssencmode',
] as const satisfies ParameterName[];

/** Parameters without effect here: connections use keep-alive anyway, and there is only one host to choose from. */
const IDLE = [
  'client_encoding',
  'connection_limit',
  'fallback_application_name',
  'keepalives',
  'keepalives_count',
  'keepalives_idle',
  'keepalives_interval',
  'load_balance_hosts',
  'passfile',
  'pgbouncer',
  'pool_timeout',
  'sslcompression',
  'sslsni',
  'target_session_attrs',
  'tcp_user_timeout',
  'uselibpqcompat',
];

const KNOWN = [...OBEYED, ...IDLE];

/**
 * Returns what is wrong with a parameter of a URL. An unknown one may be a part of a password with a `?`, so only the
 * known parameter that it resembles is named.
 */
export function faultOfParameter(name: string, value: string): UrlFault | undefined {
  if (IDLE.includes(name)) return undefined;
  const known = OBEYED.find((each) => each === name);
  if (known === undefined) {
    const near = closest(name.toLowerCase(), KNOWN);
    return {
      part: 'parameters',
      fault: 'unknown',
      near: distance(name.toLowerCase(), near) <= 3 ? near : undefined,
    };
  }
  if (value === '') return { part: known, fault: 'empty' };
  const choices = CHOICES[known];
  if (choices && !choices.includes(value)) return { part: known, fault: 'value' };
  if (known === 'connect_timeout' && !/^\d{1,6}$/.test(value)) return { part: known, fault: 'value' };
  return undefined;
}
