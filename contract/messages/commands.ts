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

/** What the command line says that neither the worker nor the state does. */
export const COMMAND_MESSAGES = {
  workflowTerminated: always('The run was terminated; the next one takes over and repairs.'),
  workflowTimedOut: always('It took longer than Temporal allows it.'),
  activationBusy: failure<{ workflowId: string; since: string; asked: RunRequest; running?: RunRequest }>(
    'ActivationBusy',
    {
      examples: [{ ...RUNNING, running: { mode: 'sync', activation: 'vip-customers' } }, RUNNING],
      says: ({ workflowId, since, running, asked }) =>
        `${workflowId} is running since ${since} as: ${running ? runCommand(running) : 'an argument that is no request'}; ` +
        `asked for was: ${runCommand(asked)}.`,
      next: ({ running, asked }) => [
        ...(running ? [{ advice: 'Follow it', command: runCommand(running) }] : []),
        { advice: 'Cancel it', command: cancelCommand(asked) },
        ...advise('Or wait for its end, then ask again.'),
      ],
    },
  ),
  commandLineWrong: failure('InvalidActivation', {
    examples: [{ problem: "missing required argument 'activation'" }],
    says: ({ problem }) => `The command line is wrong: ${problem}.`,
  }),
  activationIdUnusable: failure('InvalidActivation', {
    examples: [{ activation: 'VIP customers' }],
    says: ({ activation }) => `"${activation}" is not the id of an activation.`,
  }),
  projectLacksActivation: failure<Choice & { folder: string; activation: string }>('InvalidActivation', {
    examples: [
      { folder: FOLDER, activation: 'actitto', ...CHOICES[0] },
      { folder: FOLDER, activation: 'production', ...CHOICES[1] },
      { folder: FOLDER, activation: 'actito', ...CHOICES[2] },
    ],
    says: ({ folder, activation, ...choice }) =>
      `The project ${folder} has no activation "${activation}"${choiceInWords(choice)}`,
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
  undoNeedsReason: failure('InvalidActivation', always('Say why: --reason is needed with --plan.')),
  undoShowsNoPlan: failure(
    'InvalidActivation',
    always('--out and --show-personal-data are for the plan of an undo, and go without --plan.'),
  ),
  unmatchedOfNoRun: failure('InvalidActivation', {
    examples: [{ reason: 'Unmatched' }],
    says: ({ reason }) =>
      `--reason ${reason} tells who is unknown to Actito now, and goes without --run: a run keeps their number only.`,
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
  keyNotForgettable: failure('InvalidActivation', {
    examples: [{ reject: 'KeyEmpty', why: 'The key is empty.' }],
    says: ({ why }) => `Nobody is forgotten: ${why}`,
  }),
  keyInReason: failure(
    'InvalidActivation',
    always('Nobody is forgotten: --reason and --by are kept for good: they must not say the key.'),
  ),
  keyNotOneLine: failure('InvalidActivation', {
    examples: [{ lines: 0 }, { lines: 2 }],
    says: ({ lines }) =>
      `${lines === 0 ? 'Nothing' : 'More than one line'} came on standard input; expected one key, on one line.`,
  }),
  nobodyToAsk: failure(
    'InvalidActivation',
    always(
      'Forgetting cannot be taken back, and there is no terminal to ask at.',
      ...advise('Say --yes, if it is meant.'),
    ),
  ),
  programNotInstalled: failure('ConfigurationInvalid', {
    examples: [{ program: 'demo', folder: '/opt/actito-sync/' }],
    says: ({ program, folder }) =>
      `${PROGRAM} ${program} starts real servers on this machine. They are development dependencies, which are not ` +
      `installed in ${folder}.`,
    next: () => advise('Run npm install there without --omit=dev, in a checkout of the sources.'),
  }),
  temporalSilent: failure<{ address: string; why: string; /** A worker says it. */ worker?: true }>(
    'TemporalUnavailable',
    {
      examples: [
        { address: 'localhost:7233', why: 'UNAVAILABLE' },
        { address: 'localhost:7233', why: 'TransportError', worker: true },
      ],
      says: ({ address, why }) => `No Temporal server answers at ${address} (${why}).`,
      next: ({ worker }) =>
        worker
          ? advise(
              'Set TEMPORAL_ADDRESS to the address of yours, and TLS or TEMPORAL_API_KEY as it asks for.',
            )
          : [
              {
                advice: 'Set TEMPORAL_ADDRESS to the address of yours, or start one',
                command: 'temporal server start-dev',
              },
              { advice: 'With everything around it', command: 'npm run demo -- --keep' },
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
    says: ({ scheme }) =>
      `TEMPORAL_ADDRESS begins with ${scheme}://: write host:port, such as localhost:7233, without it.`,
  }),
  temporalSettingsUnusable: failure('ConfigurationInvalid', {
    examples: [{ kind: 'Error' }],
    says: ({ kind }) => `What is set for Temporal cannot be used (${kind}).`,
    next: () =>
      advise(
        "Check the variables TEMPORAL_… (TEMPORAL_PROFILE, TEMPORAL_CONFIG_FILE, TLS), and Temporal's configuration file.",
      ),
  }),
};

const EMPTY_FOLDER = 'Name a folder that is empty, or not there yet.';
