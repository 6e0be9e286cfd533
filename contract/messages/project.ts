import { advise, always, failure, type Facts } from './message.ts';
import { counted, orNear } from './words.ts';

/** One thing that is wrong in a project folder. */
export interface ProjectProblem {
  /** Relative to the project folder; omitted for the folder as a whole. */
  file?: string;
  /** From 1; omitted for the file as a whole. */
  line?: number;
  /** E.g. `attributes[2].column`; omitted for the file as a whole. */
  setting?: string;
  /** The name of its message. */
  reason: string;
  facts: Facts;
  /** In words, without the place. */
  message: string;
}
const PROBLEM: ProjectProblem = {
  file: 'activations/vip.yaml',
  line: 12,
  setting: 'matchingKey.type',
  reason: 'settingWrong',
  facts: { expected: 'email or externalId', got: '"fax"' },
  message: 'expected email or externalId, got "fax"',
};

/** What is wrong with a variable's value. */
const FAULTS = {
  control: 'it contains a control character, such as a line break',
  header: 'it contains a character that is not allowed in an HTTP header',
  url: 'it must be a URL such as https://api.example.com, without a query',
  userinfo: 'the URL must not contain a user name or password',
  http: 'the URL must start with https:// (http:// is allowed only for localhost)',
  host: 'it must be a host name or IP address',
  hostKey: 'it must be the fingerprint of a host key: "SHA256:" and 43 characters',
};

/** Messages about the project folder and the environment variables that it refers to. */
export const PROJECT_MESSAGES = {
  projectInvalid: failure<{ folder: string; problems: ProjectProblem[] }>('ConfigurationInvalid', {
    examples: [
      { folder: '/project', problems: [PROBLEM] },
      {
        folder: '/project',
        problems: [
          PROBLEM,
          { file: 'sources/shop.yaml', reason: 'fileEmpty', facts: {}, message: 'the file is empty' },
        ],
      },
    ],
    says: ({ folder, problems }) => {
      return [
        `The project folder ${folder} has ${counted(problems.length, 'problem')}:`,
        ...problems.map(problemInWords),
      ].join('\n');
    },
  }),
  projectUnnamed: failure(
    'ConfigurationInvalid',
    always(
      'ACTITO_SYNC_PROJECT is not set.',
      ...advise(
        "Set it to your project folder (with sources/, destinations/ and activations/). The demo's project folder is examples/demo.",
      ),
    ),
  ),
  projectFolderMissing: failure<{ folder: string; isFile: boolean }>('ConfigurationInvalid', {
    examples: [
      { folder: '/project', isFile: false },
      { folder: '/project', isFile: true },
      { folder: '', isFile: false },
    ],
    says: ({ folder, isFile }) => {
      if (folder === '') return 'ACTITO_SYNC_PROJECT is empty.';
      return isFile
        ? `The project folder ${folder} is a file, not a folder.`
        : `The project folder ${folder} does not exist.`;
    },
    next: () =>
      advise('Set ACTITO_SYNC_PROJECT to the folder with sources/, destinations/ and activations/.'),
  }),
  activationInvalid: failure<{ activation: string; folder: string; problems: ProjectProblem[] }>(
    'ConfigurationInvalid',
    {
      examples: [
        { activation: 'vip', folder: '/project', problems: [PROBLEM] },
        {
          activation: 'vip',
          folder: '/project',
          problems: [
            PROBLEM,
            { file: 'sources/shop.yaml', reason: 'fileEmpty', facts: {}, message: 'the file is empty' },
          ],
        },
      ],
      says: ({ activation, folder, problems }) => {
        return [
          `Activation ${activation} cannot run because of ${counted(problems.length, 'problem')} in the project folder ${folder}:`,
          ...problems.map(problemInWords),
        ].join('\n');
      },
    },
  ),
  destinationInvalid: failure<{ destination: string; folder: string; problems: ProjectProblem[] }>(
    'ConfigurationInvalid',
    {
      examples: [
        {
          destination: 'actito',
          folder: '/project',
          problems: [
            {
              file: 'destinations/actito.yaml',
              reason: 'fileEmpty',
              facts: {},
              message: 'the file is empty',
            },
          ],
        },
      ],
      says: ({ destination, folder, problems }) =>
        [
          `Destination ${destination} cannot be used because of ${counted(problems.length, 'problem')} in the project folder ${folder}:`,
          ...problems.map(problemInWords),
        ].join('\n'),
    },
  ),
  activationUnknown: failure<{ activation: string; near?: string; known: string[] }>('InvalidActivation', {
    examples: [
      { activation: 'vip-custmers', near: 'vip-customers', known: ['vip-customers'] },
      { activation: 'newsletter', known: ['vip-customers', 'prospects'] },
      { activation: 'newsletter', known: [] },
    ],
    says: ({ activation, near, known }) =>
      `The project has no activation "${activation}"` +
      orNear(
        near,
        known.length === 0 ? '; its folder activations/ is empty' : ` (known: ${known.join(', ')})`,
      ),
  }),
  variableMissing: failure<{ variable: string; empty: boolean; setting: string }>('ConfigurationInvalid', {
    examples: [
      { variable: 'ACTITO_KEY', empty: false, setting: 'destinations/actito apiKey' },
      { variable: 'SNOWFLAKE_PRIVATE_KEY', empty: false, setting: 'connection.privateKey' },
      { variable: 'ACTITO_KEY', empty: true, setting: 'destinations/actito apiKey' },
    ],
    says: ({ variable, empty, setting }) =>
      `The environment variable ${variable} (for ${setting}) is ${empty ? 'empty' : 'not set'}.`,
    next: () => advise('Set it in the environment of the worker.'),
  }),
  variableUnusable: failure<{ variable: string; setting: string; fault: keyof typeof FAULTS }>(
    'ConfigurationInvalid',
    {
      examples: [
        { variable: 'ACTITO_KEY', setting: 'apiKey', fault: 'control' },
        { variable: 'ACTITO_KEY', setting: 'apiKey', fault: 'header' },
        { variable: 'ACTITO_URL', setting: 'baseUrl', fault: 'url' },
        { variable: 'ACTITO_URL', setting: 'baseUrl', fault: 'userinfo' },
        { variable: 'ACTITO_URL', setting: 'baseUrl', fault: 'http' },
        { variable: 'SFTP_HOST', setting: 'delivery.host', fault: 'host' },
        { variable: 'SFTP_HOST_KEY', setting: 'delivery.hostKey', fault: 'hostKey' },
      ],
      says: ({ variable, setting, fault }) =>
        `The value of the environment variable ${variable} (for ${setting}) is not valid: ${FAULTS[fault]}.`,
      next: () => advise('Set it in the environment of the worker.'),
    },
  ),
  variableNoPort: failure('ConfigurationInvalid', {
    examples: [{ variable: 'SFTP_PORT', setting: 'delivery.port' }],
    says: ({ variable, setting }) =>
      `The environment variable ${variable} (for ${setting}) must be a port number from 1 to 65535.`,
  }),
};

/** E.g. `activations/vip.yaml:12 matchingKey.type: expected email or externalId, got "fax"`. */
export function problemInWords({ file, line, setting, message }: ProjectProblem): string {
  if (file === undefined) return message;
  const place = line === undefined ? file : `${file}:${line}`;
  return setting === undefined ? `${place}: ${message}` : `${place} ${setting}: ${message}`;
}
