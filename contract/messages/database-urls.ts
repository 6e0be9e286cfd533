import { failure } from './message.ts';

/** How connections are encrypted: libpq's `sslmode`, except `allow`, which means `prefer` here. */
export const SSL_MODES = ['disable', 'prefer', 'require', 'verify-ca', 'verify-full'] as const;

/** Supported parameters after the `?` of a database URL; the names are libpq's. */
export type ParameterName =
  | 'host'
  | 'port'
  | 'user'
  | 'password'
  | 'dbname'
  | 'options'
  | 'application_name'
  | 'connect_timeout'
  | 'sslmode'
  | 'ssl'
  | 'sslrootcert'
  | 'sslcert'
  | 'sslkey'
  | 'sslpassword'
  | 'sslcrl'
  | 'sslnegotiation'
  | 'channel_binding'
  | 'gssencmode';

/** Parameters with a fixed set of values. */
export const CHOICES: Partial<Record<ParameterName, readonly string[]>> = {
  sslmode: ['disable', 'allow', 'prefer', 'require', 'verify-ca', 'verify-full', 'no-verify'],
  ssl: ['true', 'false'],
  sslnegotiation: ['postgres', 'direct'],
  channel_binding: ['disable', 'prefer', 'require'],
  gssencmode: ['disable', 'prefer'],
};

/** Which part of a URL is wrong, and how. */
export type UrlFault =
  | { part: 'url' | 'special' | 'port' }
  | { part: 'user' | 'password' | 'host' | 'database' | 'parameters'; fault: 'encoding' }
  | { part: 'host'; fault: 'several' }
  | { part: 'parameters'; fault: 'unknown'; near?: string }
  | { part: ParameterName; fault: 'empty' | 'value' | 'weak' | 'pair' }
  | { part: ParameterName; fault: 'file'; code: string };

const EXAMPLE = 'postgres://user:password@host:5432/database';
const STATE_URL = { variable: 'ACTITO_SYNC_DATABASE_URL' };
const SHOP_URL = { variable: 'WAREHOUSE_URL' };

/** Messages about a database URL, of a warehouse or of the state database. */
export const DATABASE_URL_MESSAGES = {
  databaseUrlUnusable: failure<{ variable: string } & UrlFault>('ConfigurationInvalid', {
    examples: [
      { ...STATE_URL, part: 'url' },
      { ...SHOP_URL, part: 'special' },
      { ...SHOP_URL, part: 'port' },
      { ...SHOP_URL, part: 'password', fault: 'encoding' },
      { ...SHOP_URL, part: 'host', fault: 'several' },
      { ...SHOP_URL, part: 'parameters', fault: 'unknown', near: 'sslmode' },
      { ...SHOP_URL, part: 'parameters', fault: 'unknown' },
      { ...SHOP_URL, part: 'sslmode', fault: 'value' },
      { ...SHOP_URL, part: 'connect_timeout', fault: 'value' },
      { ...SHOP_URL, part: 'sslrootcert', fault: 'empty' },
      { ...SHOP_URL, part: 'sslrootcert', fault: 'weak' },
      { ...SHOP_URL, part: 'sslnegotiation', fault: 'weak' },
      { ...SHOP_URL, part: 'sslcert', fault: 'pair' },
      { ...SHOP_URL, part: 'sslrootcert', fault: 'file', code: 'ENOENT' },
    ],
    says: ({ variable, ...fault }) => says(variable, fault),
  }),
};

function says(variable: string, fault: UrlFault): string {
  if (!('fault' in fault)) {
    if (fault.part === 'url') {
      return `${variable} is not a PostgreSQL URL. Expected ${EXAMPLE}, with special characters percent-encoded.`;
    }
    if (fault.part === 'port') {
      return `The port in ${variable} must be a number from 1 to 65535. ${encoded('the password')}`;
    }
    return `The host in ${variable} cannot be read: expected ${EXAMPLE}. ${encoded('user or password')}`;
  }
  const part = `${nameOf(fault.part)} in ${variable}`;
  switch (fault.fault) {
    case 'encoding':
      return `${part} has a % that is not followed by two hexadecimal digits: write it as %25.`;
    case 'several':
      return `${variable} must have one host; several hosts are not supported.`;
    case 'unknown':
      return fault.near === undefined
        ? `${variable} has an unknown parameter after the ?. ${encoded('the password')}`
        : `${variable} has an unknown parameter after the ?; did you mean ${fault.near}?`;
    case 'empty':
      return `${part} is empty.`;
    case 'value':
      return `${part} must be ${choice(CHOICES[fault.part]) ?? 'a whole number of seconds'}.`;
    case 'weak':
      return fault.part === 'sslrootcert'
        ? `sslrootcert=system in ${variable} needs sslmode=verify-full.`
        : `sslnegotiation=direct in ${variable} needs an sslmode of at least require.`;
    case 'pair':
      return `${part} needs ${fault.part === 'sslcert' ? 'sslkey' : 'sslcert'} as well: set both or neither.`;
    case 'file':
      return `${part} names a file that cannot be used (${fault.code}).`;
  }
}

function choice(values: readonly string[] | undefined): string | undefined {
  return values && `${values.slice(0, -1).join(', ')} or ${values.at(-1)}`;
}

function encoded(where: string): string {
  return `A special character in ${where} (: / ? # [ ] @ %) must be percent-encoded.`;
}

function nameOf(part: UrlFault['part']): string {
  const isOwn = ['user', 'password', 'host', 'port', 'database'].includes(part);
  if (part === 'parameters') return 'A parameter after the ?';
  return isOwn ? `The ${part}` : part;
}
