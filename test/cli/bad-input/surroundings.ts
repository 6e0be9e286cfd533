import { EXIT } from '../../../cli/exit-codes.ts';
import type { BadLine } from './bad-line.ts';

const database = (url: string) => ({ ACTITO_SYNC_DATABASE_URL: url });

/** The environment of a command: folder, database, Temporal. */
export const SURROUNDINGS: BadLine[] = [
  // The project folder
  [
    'a broken folder',
    'status',
    'destinations/actito.yaml:1 environment: expected ENV-0, ENV-1, ENV-3 or PREPROD',
    EXIT.failed,
    { ACTITO_SYNC_PROJECT: 'FOLDER/broken' },
  ],
  [
    'a folder that is a file',
    'doctor vip',
    'ConfigurationInvalid: The project folder README.md is a file, not a folder. Set ACTITO_SYNC_PROJECT',
    EXIT.failed,
    { ACTITO_SYNC_PROJECT: 'README.md' },
  ],
  [
    'a folder without a name',
    'status',
    'ConfigurationInvalid: ACTITO_SYNC_PROJECT is empty. Set',
    EXIT.failed,
    { ACTITO_SYNC_PROJECT: '' },
  ],
  [
    'a folder without folders',
    'lists actito',
    'destinations/: the folder is missing',
    EXIT.failed,
    { ACTITO_SYNC_PROJECT: 'FOLDER' },
  ],
  [
    'schedules of a missing folder',
    'schedule apply --project /nope',
    'ConfigurationInvalid: The project folder /nope does not exist.',
    EXIT.failed,
  ],
  [
    'a project below a file',
    'init README.md/project --yes',
    'InvalidActivation: README.md/project is not a folder.',
  ],
  [
    'a project in a full folder',
    'init docs --yes',
    'InvalidActivation: docs is not empty (it holds actito-contract.md).',
  ],
  // Databases
  [
    'no database',
    'explain vip-customers a@b.be',
    'ACTITO_SYNC_DATABASE_URL is not set. This command needs the state database.',
    EXIT.failed,
  ],
  [
    'personal data of no database',
    'plan vip-customers --show-personal-data',
    'ACTITO_SYNC_DATABASE_URL is not set.',
    EXIT.failed,
  ],
  [
    'a database of another make',
    'history vip',
    'ACTITO_SYNC_DATABASE_URL is not a PostgreSQL URL.',
    EXIT.failed,
    database('mysql://hunter2@x/y'),
  ],
  [
    'a database by its name',
    'rejects vip',
    'ACTITO_SYNC_DATABASE_URL is not a PostgreSQL URL.',
    EXIT.failed,
    database('actito_sync'),
  ],
  [
    'a database on no machine',
    'history vip',
    'StateUnavailable: The state database (ACTITO_SYNC_DATABASE_URL) cannot be reached (E',
    EXIT.failed,
    database('postgres://u:hunter2@nowhere.invalid/x'),
  ],
  // Temporal
  [
    'a Temporal without an address',
    'run vip-customers',
    'ConfigurationInvalid: TEMPORAL_ADDRESS is empty. Set it to the address of your Temporal server (host:port)',
    EXIT.failed,
    { TEMPORAL_ADDRESS: '' },
  ],
  [
    "the web UI's address",
    'cancel vip',
    'TEMPORAL_ADDRESS must be host:port, such as localhost:7233, without http://.',
    EXIT.failed,
    { TEMPORAL_ADDRESS: 'http://localhost:8233' },
  ],
  [
    'an unknown profile',
    'schedule list',
    'Check the variables TEMPORAL_… (TEMPORAL_PROFILE, TEMPORAL_CONFIG_FILE, TLS)',
    EXIT.failed,
    { TEMPORAL_PROFILE: 'nope' },
  ],
];
