import { cancelCommand, PROGRAM, runCommand } from '../commands.ts';
import type { RunRequest } from '../request.ts';
import { CHOICES, choiceInWords, type Choice } from './choice.ts';
import { advise, always, failure } from './message.ts';

const FOLDER = '/srv/activations';
const RUNNING = {
  workflowId: 'activation/vip-customers',
  since: '2026-01-31T06:00:00.000Z',
  asked: { mode: 'resync', activation: 'vip-customers' } as RunRequest,
};

/** Messages of the command line only. */
export const COMMAND_MESSAGES = {
  workflowTerminated: always('The run was terminated; the next run takes over and repairs the state.'),
  workflowTimedOut: always('The run exceeded its timeout in Temporal.'),
  activationBusy: failure<{ workflowId: string; since: string; asked: RunRequest; running?: RunRequest }>(
    'ActivationBusy',
    {
      examples: [{ ...RUNNING, running: { mode: 'sync', activation: 'vip-customers' } }, RUNNING],
      says: ({ workflowId, since, running, asked }) =>
        `"${runCommand(asked)}" cannot start: the workflow ${workflowId} has been running since ${since}` +
        `${running ? ` as "${runCommand(running)}"` : ' with an unknown input'}.`,
      next: ({ running, asked }) => [
        ...(running ? [{ advice: 'Follow it', command: runCommand(running) }] : []),
        { advice: 'Cancel it', command: cancelCommand(asked) },
        ...advise('Or wait until it ends, then try again.'),
      ],
    },
  ),
  commandLineWrong: failure('InvalidActivation', {
    examples: [{ problem: "missing required argument 'activation'" }],
    says: ({ problem }) => `The command line is wrong: ${problem}.`,
  }),
  activationIdUnusable: failure('InvalidActivation', {
    examples: [{ activation: 'VIP customers' }],
    says: ({ activation }) => `"${activation}" is not a valid activation id.`,
  }),
  activationExists: failure('InvalidActivation', {
    examples: [{ folder: FOLDER, activation: 'vip-customers' }],
    says: ({ folder, activation }) =>
      `The project ${folder} already has an activation "${activation}". Nothing was written.`,
  }),
  projectLacksTag: failure<Choice & { folder: string; tag: string }>('InvalidActivation', {
    examples: [
      { folder: FOLDER, tag: 'nigthly', known: ['nightly', 'weekly'], meant: 'nightly' },
      { folder: FOLDER, tag: 'hourly', known: ['nightly', 'weekly'] },
      { folder: FOLDER, tag: 'hourly', known: [] },
    ],
    says: ({ folder, tag, ...choice }) =>
      `No activation of the project ${folder} has the tag "${tag}"` +
      (choiceInWords(choice) || '; none has a tag'),
  }),
  projectEmpty: failure('InvalidActivation', {
    examples: [{ folder: FOLDER }],
    says: ({ folder }) => `The project ${folder} has no activations.`,
  }),
  projectLacksDestination: failure<Choice & { folder: string; destination: string }>('InvalidActivation', {
    examples: [
      { folder: FOLDER, destination: 'actitto', ...CHOICES[0] },
      { folder: FOLDER, destination: 'production', ...CHOICES[1] },
      { folder: FOLDER, destination: 'actito', ...CHOICES[2] },
    ],
    says: ({ folder, destination, ...choice }) =>
      `The project ${folder} has no destination "${destination}"` +
      (choiceInWords(choice) || '; its folder destinations/ is empty'),
  }),
  projectLacksTarget: failure<Choice & { folder: string; target: string }>('InvalidActivation', {
    examples: [
      { folder: FOLDER, target: 'actitto', ...CHOICES[0] },
      { folder: FOLDER, target: 'production', ...CHOICES[1] },
      { folder: FOLDER, target: 'actito', ...CHOICES[2] },
    ],
    says: ({ folder, target, ...choice }) =>
      `The project ${folder} has no destination or activation "${target}"${choiceInWords(choice)}`,
  }),
  undoNeedsReason: failure('InvalidActivation', always('--plan requires --reason.')),
  undoShowsNoPlan: failure(
    'InvalidActivation',
    always('--out and --show-personal-data show the plan of an undo; they cannot be combined with --plan.'),
  ),
  unmatchedOfNoRun: failure('InvalidActivation', {
    examples: [{ reason: 'Unmatched' }],
    says: ({ reason }) =>
      `--reason ${reason} cannot be combined with --run: it lists the members that are unmatched now, and a run stores only their number.`,
  }),
  fileNotWritten: failure<{ path: string; code: string; /** The option that names it. */ option?: string }>(
    'InvalidActivation',
    {
      examples: [
        { path: '/srv/activations/project.yaml', code: 'EACCES' },
        { path: 'plans/plan.json', code: 'ENOENT', option: '--out' },
      ],
      says: ({ path, code, option }) =>
        `${option === undefined ? '' : `${option}: `}${path} cannot be written (${code}).`,
    },
  ),
  folderUnusable: failure('InvalidActivation', {
    examples: [
      { folder: FOLDER, code: 'ENOTDIR' },
      { folder: FOLDER, code: 'EACCES' },
    ],
    says: ({ folder, code }) =>
      `${folder} ${code === 'ENOTDIR' ? 'is not a folder' : `cannot be read (${code})`}.`,
    next: () => advise(EMPTY_FOLDER),
  }),
  folderNotEmpty: failure('InvalidActivation', {
    examples: [{ folder: FOLDER, holds: 'project.yaml' }],
    says: ({ folder, holds }) => `${folder} is not empty (it holds ${holds}).`,
    next: () => advise(EMPTY_FOLDER),
  }),
  warehouseUnknown: failure<{ warehouse: string; /** As in the messages of a source. */ expected: string }>(
    'InvalidActivation',
    {
      examples: [
        { warehouse: 'oracle', expected: 'postgres, mysql' },
        { warehouse: 'mysk', expected: 'postgres, mysql (did you mean mysql?)' },
      ],
      says: ({ warehouse, expected }) => `--warehouse: expected ${expected}, got "${warehouse}".`,
    },
  ),
  keyNotForgettable: failure('InvalidActivation', {
    examples: [{ reject: 'KeyEmpty', why: 'The key is empty.' }],
    says: ({ why }) => `The key was not forgotten: ${why}`,
  }),
  keyInReason: failure(
    'InvalidActivation',
    always(
      'The key was not forgotten: --reason and --by are stored permanently, so they must not contain the key.',
    ),
  ),
  keyNotOneLine: failure('InvalidActivation', {
    examples: [{ lines: 0 }, { lines: 2 }],
    says: ({ lines }) =>
      `Standard input ${lines === 0 ? 'is empty' : 'has more than one line'}; expected one key on one line.`,
  }),
  nobodyToAsk: failure(
    'InvalidActivation',
    always(
      'The key was not forgotten: this cannot be undone, and there is no terminal to ask for confirmation.',
      ...advise('To confirm, add --yes.'),
    ),
  ),
  programNotInstalled: failure('ConfigurationInvalid', {
    examples: [{ program: 'demo', folder: '/opt/actito-sync/' }],
    says: ({ program, folder }) =>
      `${PROGRAM} ${program} needs local servers from the development dependencies, which are not installed in ${folder}.`,
    next: () => advise('Run npm install without --omit=dev in a checkout of the sources.'),
  }),
  temporalSilent: failure<{ address: string; why: string; /** A worker says it. */ worker?: true }>(
    'TemporalUnavailable',
    {
      examples: [
        { address: 'localhost:7233', why: 'UNAVAILABLE' },
        { address: 'localhost:7233', why: 'TransportError', worker: true },
      ],
      says: ({ address, why }) => `No Temporal server is responding at ${address} (${why}).`,
      next: ({ worker }) =>
        worker
          ? advise(
              'Set TEMPORAL_ADDRESS to the address of your server, and TLS or TEMPORAL_API_KEY if it requires them.',
            )
          : [
              {
                advice: 'Set TEMPORAL_ADDRESS to the address of your server, or start one',
                command: 'temporal server start-dev',
              },
              { advice: 'Or start a complete demo', command: 'npm run demo -- --keep' },
            ],
    },
  ),
  temporalRefused: failure('TemporalUnavailable', {
    examples: [{ code: 'DEADLINE_EXCEEDED' }, { code: 'PERMISSION_DENIED' }],
    says: ({ code }) => `Temporal answered ${code}.`,
  }),
  temporalAddressEmpty: failure(
    'ConfigurationInvalid',
    always(
      'TEMPORAL_ADDRESS is empty.',
      ...advise('Set it to the address of your Temporal server (host:port), or unset it.'),
    ),
  ),
  temporalAddressUrl: failure('ConfigurationInvalid', {
    examples: [{ scheme: 'http' }],
    says: ({ scheme }) => `TEMPORAL_ADDRESS must be host:port, such as localhost:7233, without ${scheme}://.`,
  }),
  temporalSettingsUnusable: failure('ConfigurationInvalid', {
    examples: [{ kind: 'Error' }],
    says: ({ kind }) => `The settings for the connection to Temporal are not valid (${kind}).`,
    next: () =>
      advise(
        "Check the variables TEMPORAL_… (TEMPORAL_PROFILE, TEMPORAL_CONFIG_FILE, TLS), and Temporal's configuration file.",
      ),
  }),
};

const EMPTY_FOLDER = 'Choose an empty folder, or one that does not exist yet.';
