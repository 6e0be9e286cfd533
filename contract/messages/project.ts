import { advise, always, failure, type Facts } from './message.ts';
import { orNear } from './words.ts';

/** One thing that is wrong in a project folder. */
export interface ProjectProblem {
  /** Relative to the project folder; left out when the folder as a whole is meant. */
  file?: string;
  /** From 1; left out when the file as a whole is meant. */
  line?: number;
  /** E.g. `attributes[2].column`; left out when the file as a whole is meant. */
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
  control: 'it holds a control character, such as a line break',
  header: 'it holds a character that cannot be sent in a header',
  url: 'it is no URL such as https://api.example.com, or has a query',
  userinfo: 'the URL holds a user name or a password',
  http: 'the URL must begin with https://, unless it is of this machine (localhost)',
  host: 'it is no name or address of a server',
  hostKey: 'it is no fingerprint of a host key, "SHA256:" and 43 characters',
};

/** What is said of the project folder and of the environment variables that it names. */
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
      const count = problems.length === 1 ? 'a problem' : `${problems.length} problems`;
      return [`The project folder ${folder} has ${count}:`, ...problems.map(problemInWords)].join('\n');
    },
  }),
  projectUnnamed: failure(
    'ConfigurationInvalid',
    always(
      'ACTITO_SYNC_PROJECT is not set.',
      ...advise(
        "Set it to your project folder, which holds sources/, destinations/ and activations/. The demo's is examples/demo.",
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
      if (folder === '') return 'The name of the project folder is empty.';
      return isFile ? `The project folder ${folder} is a file.` : `There is no project folder ${folder}.`;
    },
    next: () =>
      advise('Set ACTITO_SYNC_PROJECT to the folder that holds sources/, destinations/ and activations/.'),
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
        const count =
          problems.length === 1 ? 'a problem that concerns' : `${problems.length} problems that concern`;
        return [
          `The activation ${activation} cannot run. The project folder ${folder} has ${count} it:`,
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
          `The destination ${destination} of the project folder ${folder} cannot be used:`,
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
      { variable: 'ACTITO_KEY', empty: true, setting: 'destinations/actito apiKey' },
    ],
    says: ({ variable, empty, setting }) =>
      `The environment variable ${variable} is ${empty ? 'empty' : 'not set'}; ${setting} asks for it.`,
    next: () => advise('Set it where the worker runs.'),
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
        `The environment variable ${variable} cannot be used: ${FAULTS[fault]}; ${setting} asks for it.`,
      next: () => advise('Set it where the worker runs.'),
    },
  ),
  variableNoPort: failure('ConfigurationInvalid', {
    examples: [{ variable: 'SFTP_PORT', setting: 'delivery.port' }],
    says: ({ variable, setting }) =>
      `The environment variable ${variable} must hold a port number from 1 to 65535; ${setting} asks for it.`,
  }),
};

/** E.g. `activations/vip.yaml:12 matchingKey.type: expected email or externalId, got "fax"`. */
export function problemInWords({ file, line, setting, message }: ProjectProblem): string {
  if (file === undefined) return message;
  const place = line === undefined ? file : `${file}:${line}`;
  return setting === undefined ? `${place}: ${message}` : `${place} ${setting}: ${message}`;
}
