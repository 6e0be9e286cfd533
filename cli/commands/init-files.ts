import { parse } from 'yaml';
import { id as idSchema } from '../../activation/definition/common.ts';
import { jsonSchemas } from '../../config/schema/json-schemas.ts';
import type { Answers } from './init-questions.ts';

const LONGEST_ID = 40;

/** The files of a new project folder, by their paths in it. @param place the folder, as an absolute path */
export function projectFiles(answers: Answers, place: string): Record<string, string> {
  const schemas = Object.entries(jsonSchemas()).map(([name, schema]) => [
    `schemas/${name}`,
    `${JSON.stringify(schema, null, 2)}\n`,
  ]);
  return {
    'sources/warehouse.yaml': SOURCE,
    'destinations/actito.yaml': destination(answers),
    [`activations/${activationId(answers)}.yaml`]: activation(answers),
    '.env.example': environment(answers, place),
    ...(Object.fromEntries(schemas) as Record<string, string>),
  };
}

/** The name of the first activation's file: the segment's, as far as an id can hold it. */
export function activationId({ segment }: Pick<Answers, 'segment'>): string {
  const plain = segment.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase();
  const words = plain.replace(/[^a-z0-9]+/g, '-').slice(0, LONGEST_ID);
  const id = words.replace(/^-+|-+$/g, '');
  return idSchema.safeParse(id).success ? id : 'segment';
}

/** A text as YAML: plain where that means the same text, otherwise quoted; JSON's quoting is YAML's. */
function scalar(text: string): string {
  const isPlain = /^[\p{L}\p{N}/][\p{L}\p{N} ./_-]*$/u.test(text) && isText(text);
  return isPlain ? text : JSON.stringify(text);
}

function isText(text: string): boolean {
  return parse(text) === text;
}

const schemaLine = (kind: string) => `# yaml-language-server: $schema=../schemas/${kind}.schema.json`;

const SOURCE = `${schemaLine('source')}
# The warehouse that segments are read from. It is only ever read, in one read-only transaction per run.
driver: postgres

# A secret is never written here, only the name of the environment variable that holds it.
connection: { env: WAREHOUSE_DATABASE_URL } # postgres://user:password@host:5432/database

# The longest that a segment's query may take; the database cancels it after that.
statementTimeout: 15m
`;

function destination({
  environment,
  entity,
  profileTable,
  protocol,
  host,
  username,
  directory,
}: Answers): string {
  return `${schemaLine('destination')}
# Where members and their attributes go: one profile table of one Actito licence.
environment: ${environment}
apiKey: { env: ACTITO_API_KEY }
entity: ${scalar(entity)}
profileTable: ${scalar(profileTable)} # its name or its id

# How list files reach Actito: by the server behind a "file transfer location" of the licence.
delivery:
  protocol: ${protocol}
  host: ${scalar(host)}
  username: ${scalar(username)}
${protocol === 'sftp' ? SFTP : FTPS}
  directory: ${scalar(directory)}

# Actito allows 5 calls at a time and 12 imports per table and day; other tools of yours may need some of them.
limits:
  concurrentCalls: 4
  importsPerTablePerDay: 12
`;
}

const SFTP = `  password: { env: ACTITO_SFTP_PASSWORD } # or privateKey: { env: … }, the key itself
  # The server must prove who it is: SHA256:… as \`ssh-keyscan -t ed25519 <host> | ssh-keygen -lf -\` prints it. It is
  # no secret, and may stand here.
  hostKey: { env: ACTITO_SFTP_HOST_KEY }`;
const FTPS = `  password: { env: ACTITO_FTPS_PASSWORD }
  # A certificate that no public authority vouches for: ca: { env: … }, the authority's certificate (PEM).`;

function activation({ segment, members, keyType, keyColumn, keyAttribute }: Answers): string {
  const country =
    keyType === 'phone' ? '\n  defaultCountry: BE # of numbers that are written without one' : '';
  return `${schemaLine('activation')}
# One segment of the warehouse, kept alive in Actito. The file's name is the activation's id.
source: warehouse
destination: actito

segment:
  name: ${scalar(segment)} # also the name of the activation and of its list, unless those have their own
  # One row per member.
${segmentOf(members)}

# How a row finds its profile. Profiles are only ever updated: who is unknown in Actito is counted, not created.
matchingKey:
  column: ${scalar(keyColumn)}
  type: ${keyType}
  attribute: ${keyAttribute}${country}

# What the members' profiles are told. A column that is not mapped is not even read.
# attributes:
#   - { column: first_name, attribute: firstName }
#   # \`create\` makes the attribute when Actito lacks it. Choose its type with care: it can never be changed.
#   - { column: lifetime_value, attribute: lifetimeValue, create: { type: NUMBER } }

list:
  # After this time without a new file the list targets nobody. An unchanged list is sent again at half of it.
  validity: 48h
  # provision: existing # when a marketer makes the list in Actito

# When it runs by itself, once \`actito-sync schedule apply\` was run.
schedule: { cron: '0 6 * * *', timezone: Europe/Brussels }

# A run that looks wrong is held before it writes anything.
guards:
  maxRemovedRatio: 0.3 # of the largest list of the last 7 days
  maxRejectedRatio: 0.05 # of the rows read
  allowEmpty: false
`;
}

/** A text of one word is a table's name; everything else is a query. */
function segmentOf(members: string): string {
  if (/^[A-Za-z_][\w$]*(\.[A-Za-z_][\w$]*)?$/.test(members)) return `  table: ${scalar(members)}`;
  const isBlock = !/\p{Cc}/u.test(members);
  return isBlock ? `  query: |\n    ${members}` : `  query: ${JSON.stringify(members)}`;
}

function environment({ protocol }: Answers, place: string): string {
  const delivery =
    protocol === 'sftp'
      ? ['# Of the file server:', 'ACTITO_SFTP_PASSWORD=', 'ACTITO_SFTP_HOST_KEY=']
      : ['# Of the file server:', 'ACTITO_FTPS_PASSWORD='];
  return [
    '# What the project needs in the environment of the worker. Copy it, fill it in, and keep the copy out of git.',
    '# Nothing reads the copy by itself. In a shell that starts the worker or a command afterwards:',
    '#   set -a; . ./my.env; set +a',
    '# or for one program: node --env-file=my.env … Both take values in single quotes as they are.',
    '# Of this project folder:',
    `ACTITO_SYNC_PROJECT=${quoted(place)}`,
    '# A PostgreSQL for the state of the activations:',
    'ACTITO_SYNC_DATABASE_URL=',
    '# Temporal:',
    'TEMPORAL_ADDRESS=localhost:7233',
    '# The warehouse, postgres://user:password@host:5432/database:',
    'WAREHOUSE_DATABASE_URL=',
    '# The API key of the Actito licence:',
    'ACTITO_API_KEY=',
    ...delivery,
    '',
  ].join('\n');
}

/** As a shell and node --env-file read it. */
function quoted(path: string): string {
  return /^[\w./:@%+,-]+$/.test(path) ? path : `'${path}'`;
}
