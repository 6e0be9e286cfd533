import { id as idSchema } from '../../activation/definition/common.ts';
import { PROFILE_ID } from '../../activation/definition/list.ts';
import { segmentSchema } from '../../activation/definition/segment.ts';
import { jsonSchemas } from '../../config/schema/json-schemas.ts';
import type { Answers } from './init-questions.ts';
import { sourceFile, sourceVariables } from './init-source.ts';
import { scalar, schemaLine } from './init-yaml.ts';

const LONGEST_ID = 40;

/** Returns the files of a new project folder by their paths in it. @param place the absolute path of the folder */
export function projectFiles(answers: Answers, place: string): Record<string, string> {
  const schemas = Object.entries(jsonSchemas()).map(([name, schema]) => [
    `schemas/${name}`,
    `${JSON.stringify(schema, null, 2)}\n`,
  ]);
  return {
    'sources/warehouse.yaml': sourceFile(answers),
    'destinations/actito.yaml': destination(answers),
    [`activations/${activationId(answers)}.yaml`]: activationFile(answers, NEW),
    '.env.example': environment(answers, place),
    ...(Object.fromEntries(schemas) as Record<string, string>),
  };
}

/** Derives the name of the first activation's file from the segment, restricted to valid ids. */
export function activationId({ segment }: Pick<Answers, 'segment'>): string {
  const plain = segment.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase();
  const words = plain.replace(/[^a-z0-9]+/g, '-').slice(0, LONGEST_ID);
  const id = words.replace(/^-+|-+$/g, '');
  return idSchema.safeParse(id).success ? id : 'segment';
}

function destination({
  environment,
  entity,
  profileTable,
  protocol,
  host,
  username,
  directory,
  keyAttribute,
}: Answers): string {
  return `${schemaLine('destination')}
# Where members and their attributes are sent: one profile table of one Actito license.
environment: ${environment}
apiKey: { env: ACTITO_API_KEY }
entity: ${scalar(entity)}
profileTable: ${scalar(profileTable)} # name or id

# The server of one of the license's file transfer locations. Actito reads the list files there.
delivery:
  protocol: ${protocol}
  host: ${scalar(host)}
  username: ${scalar(username)}
${protocol === 'sftp' ? SFTP : FTPS}
  directory: ${scalar(directory)}

${keyAttribute === PROFILE_ID ? '' : profileDirectory(keyAttribute)}# Actito allows 5 concurrent calls and 24 imports per table and day. Leave some of them to your other tools.
limits:
  concurrentCalls: 4
  importsPerTablePerDay: 24
`;
}

/** The profile directory, to switch on when Actito exports the profiles: a person must set that up first. */
const profileDirectory = (
  keyAttribute: string,
) => `# Actito documents lists of profile IDs only. To send them, let Actito export the profiles to a server every day, remove the
# "# " below, and set list.identifier: profileId in the activations. Until then, validate warns; see docs/profile-directory.md.
# profiles:
#   export:
#     directory: /exports
#     file: profiles_$yyyyMMdd.csv.gz
#     columns: { profileId: profileId, ${keyAttribute}: ${keyAttribute} } # header of each attribute in the file

`;

const SFTP = `  password: { env: ACTITO_SFTP_PASSWORD } # or privateKey: { env: … }, the key itself
  # Fingerprint of the server's host key, as \`ssh-keyscan -t ed25519 <host> | ssh-keygen -lf -\` prints it: SHA256:…
  # It is not a secret: you can write it here.
  hostKey: { env: ACTITO_SFTP_HOST_KEY }`;
const FTPS = `  password: { env: ACTITO_FTPS_PASSWORD }
  # For your own authority: ca: { env: … }, the authority's certificate (PEM).`;

export interface Ends {
  source: string;
  destination: string;
}
const NEW: Ends = { source: 'warehouse', destination: 'actito' };

export function activationFile(
  { segment, members, keyType, keyColumn, keyAttribute }: Answers,
  { source, destination }: Ends,
): string {
  const country = keyType === 'phone' ? '\n  defaultCountry: BE # for numbers without a country code' : '';
  return `${schemaLine('activation')}
# One segment of the warehouse, kept up to date in Actito. The name of this file is the activation's id.
source: ${source}
destination: ${destination}

segment:
  name: ${scalar(segment)} # also the default name of the activation and of its list
  # One row per member.
${segmentOf(members)}

# Which column identifies the profile in Actito. Profiles are updated, never created: unmatched members are counted.
matchingKey:
  column: ${scalar(keyColumn)}
  type: ${keyType}
  attribute: ${keyAttribute}${country}

# Columns to send as profile attributes. Columns that are not listed are not read.
# attributes:
#   - { column: first_name, attribute: firstName }
#   # \`create\` creates the attribute if it does not exist in Actito. Its type can never be changed afterwards.
#   - { column: lifetime_value, attribute: lifetimeValue, create: { type: NUMBER } }

list:
  # After this time without a new file, the list targets nobody. An unchanged list is delivered again after half of it.
  validity: 48h
  # identifier: profileId # if the destination has the export of the profiles (profiles)
  # provision: existing # if a person creates the list in Actito

# When it runs automatically, after \`actito-sync schedule apply\`.
schedule: { cron: '0 6 * * *', timezone: Europe/Brussels }

# A run that exceeds one of these limits is held before it writes anything.
guards:
  maxRemovedRatio: 0.3 # relative to the largest size of the list in the last 7 days
  maxRejectedRatio: 0.05 # share of rows without a usable key
  allowEmpty: false
`;
}

/** A single word is a table name; anything else is a query. */
function segmentOf(members: string): string {
  if (segmentSchema.shape.table.safeParse(members).success) return `  table: ${scalar(members)}`;
  const isBlock = !/\p{Cc}/u.test(members);
  return isBlock ? `  query: |\n    ${members}` : `  query: ${JSON.stringify(members)}`;
}

function environment({ driver, protocol }: Answers, place: string): string {
  const delivery =
    protocol === 'sftp'
      ? ['# The file server:', 'ACTITO_SFTP_PASSWORD=', 'ACTITO_SFTP_HOST_KEY=']
      : ['# The file server:', 'ACTITO_FTPS_PASSWORD='];
  return [
    '# Environment variables of the worker. Copy this file, fill in the copy, and keep it out of git.',
    '# No program reads the copy automatically. Load it in the shell that starts the worker or a command:',
    '#   set -a; . ./my.env; set +a',
    '# or for one program: node --env-file=my.env … Both accept values in single quotes.',
    '# The project folder:',
    `ACTITO_SYNC_PROJECT=${quoted(place)}`,
    '# The PostgreSQL database for the state:',
    'ACTITO_SYNC_DATABASE_URL=',
    '# Temporal:',
    'TEMPORAL_ADDRESS=localhost:7233',
    ...sourceVariables(driver).flatMap(({ name, holds }) => [`# The warehouse: ${holds}`, `${name}=`]),
    '# The API key of the Actito license:',
    'ACTITO_API_KEY=',
    ...delivery,
    '',
  ].join('\n');
}

/** Quotes a path for a shell and for node --env-file. */
function quoted(path: string): string {
  return /^[\w./:@%+,-]+$/.test(path) ? path : `'${path}'`;
}
