import { connectionInWords, TLS_FAULTS, UNREACHABLE, type TlsFault } from './connections.ts';
import { advise, failure } from './message.ts';

/** Messages about the connection to warehouses of other drivers than postgres. `connection` is a variable or a host. */
export const SOURCE_MESSAGES = {
  sourceUnreachable: failure('SourceUnavailable', {
    examples: [{ connection: 'shop.snowflakecomputing.com', code: 'ECONNREFUSED' }],
    says: ({ connection, code }) =>
      `The warehouse (${connection}) cannot be reached: ${connectionInWords(code)}.`,
    next: () => UNREACHABLE,
  }),
  sourceLoginRefused: failure<{ connection: string; check: string[]; code: string }>('ConfigurationInvalid', {
    examples: [
      { connection: 'WAREHOUSE_URL', check: ['user', 'password', 'database'], code: 'MySQL error 1045' },
    ],
    says: ({ connection, check, code }) =>
      `The warehouse (${connection}) rejected the login (${code}). Check ${check.join(', ')}.`,
  }),
  sourceConnectionRefused: failure<{ connection: string; check: string[]; code: string }>(
    'ConfigurationInvalid',
    {
      examples: [
        {
          connection: 'shop.cloud.databricks.com',
          check: ['warehouse', 'catalog', 'schema'],
          code: 'Databricks NOT_FOUND',
        },
      ],
      says: ({ connection, check, code }) =>
        `The warehouse (${connection}) rejected the settings of the connection (${code}). Check ${check.join(', ')}.`,
    },
  ),
  sourceTlsRefused: failure<{ connection: string; fault: TlsFault; code: string }>('ConfigurationInvalid', {
    examples: [
      { connection: 'BigQuery, project shop', fault: 'untrusted', code: 'SELF_SIGNED_CERT_IN_CHAIN' },
    ],
    says: ({ connection, fault, code }) =>
      `The TLS connection to the warehouse (${connection}) failed: ${TLS_FAULTS[fault]} (${code}).`,
    next: () =>
      advise(
        'If a proxy of your company inspects TLS, set NODE_EXTRA_CA_CERTS to a file with its CA certificate, and restart the worker.',
      ),
  }),
  sourceSettingUnusable: failure<{ connection: string; setting: string; expected: string }>(
    'ConfigurationInvalid',
    {
      examples: [
        { connection: 'WAREHOUSE_URL', setting: 'sslMode', expected: 'disable, require or verify-full' },
      ],
      says: ({ connection, setting, expected }) =>
        `${setting} of the warehouse (${connection}) cannot be used; it must be ${expected}.`,
    },
  ),
  sqlserverTlsRefused: failure<{ connection: string; fault: TlsFault; code: string }>(
    'ConfigurationInvalid',
    {
      examples: [
        { connection: 'shop.database.windows.net', fault: 'untrusted', code: 'SELF_SIGNED_CERT_IN_CHAIN' },
        { connection: '10.0.0.7', fault: 'none', code: 'ERR_SQLSERVER_NO_TLS' },
      ],
      says: ({ connection, fault, code }) =>
        `The TLS connection to the warehouse (${connection}) failed: ${TLS_FAULTS[fault]} (${code}).`,
      next: ({ fault }) =>
        advise(
          fault === 'untrusted'
            ? 'Set ca of the source to the certificate of the authority that signed the certificate of the server.'
            : fault === 'name'
              ? 'Use the host name of the certificate in host of the source.'
              : 'Enable TLS 1.2 or newer on the server with a valid certificate. On a trusted network, encrypt: false in the source connects without TLS.',
        ),
    },
  ),
  sourceBrokeOff: failure('SourceUnavailable', {
    examples: [{ connection: 'WAREHOUSE_URL', code: 'MySQL error 1053' }],
    says: ({ connection, code }) =>
      `The warehouse (${connection}) ended the connection or the query (${code}).`,
  }),
  sourceAnswerUnreadable: failure('SourceUnavailable', {
    examples: [
      { connection: 'shop.snowflakecomputing.com', status: 502, expected: 'JSON with resultSetMetaData' },
    ],
    says: ({ connection, status, expected }) =>
      `The warehouse (${connection}) sent an answer that cannot be read (HTTP status ${status}). Expected: ${expected}.`,
  }),
  iamRefused: failure('ConfigurationInvalid', {
    examples: [{ connection: 'cluster shop in eu-west-1', code: 'AccessDenied' }],
    says: ({ connection, code }) => `AWS did not give a temporary password for the ${connection} (${code}).`,
    next: () =>
      advise(
        'Check iam of the source, and that the AWS credentials of the worker are valid and have the right to get credentials of this cluster or workgroup.',
      ),
  }),
  iamUnavailable: failure('SourceUnavailable', {
    examples: [{ connection: 'workgroup shop in eu-west-1', code: 'ECONNREFUSED' }],
    says: ({ connection, code }) =>
      `AWS cannot be asked for a temporary password for the ${connection} (${code}).`,
  }),
  driverMissing: failure('ConfigurationInvalid', {
    examples: [{ driver: 'duckdb', library: '@duckdb/node-api' }],
    says: ({ driver, library }) =>
      `Sources with the driver ${driver} need the package ${library}, which is not installed.`,
    next: ({ library }) =>
      advise(`Run npm install ${library} where the worker is installed, and restart the worker.`),
  }),
  sourceFileUnreadable: failure('ConfigurationInvalid', {
    examples: [{ path: 'shop.duckdb', code: 'ENOENT' }],
    says: ({ path, code }) => `The worker cannot read ${path}, which the source names (${code}).`,
    next: () =>
      advise(
        'Check the path, which is relative to the project folder, and the permissions, on the machine of the worker.',
      ),
  }),
  sourceFileLocked: failure('SourceUnavailable', {
    examples: [{ file: 'shop.duckdb' }],
    says: ({ file }) => `Another program has the database file ${file} open for writing.`,
    next: () =>
      advise(
        'End that program, or let it write a copy and rename it to this file when it is complete. The run is retried.',
      ),
  }),
};
