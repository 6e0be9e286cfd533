import { WHERE_ETLS_ARE } from './actito.ts';
import { ETL_EXAMPLE, etlRequirements, type EtlFacts } from './lists.ts';
import { advise, always, failure, message } from './message.ts';
import { counted } from './words.ts';
import { readWords } from './words-kept.ts';

/** Messages about imports while they are sent, and about their results. */
export const IMPORT_MESSAGES = {
  importShared: failure(
    'ImportPending',
    always('The import is waiting for other activations that share it.'),
  ),
  importPartLost: failure(
    'ImportPending',
    always(
      'An activation that shares this import has ended or sends its own import; the file is rewritten without it.',
    ),
  ),
  importRunning: failure<{
    /** Actito's status, if it is unknown; null: it is not a valid code. */ status?: string | null;
  }>('ImportPending', {
    examples: [{}, { status: 'PAUSED' }, { status: null }],
    says: ({ status }) =>
      'Actito has not finished the import yet; it runs one import at a time per license.' +
      (status === undefined ? '' : ` ${takenAsRunning(status)}`),
  }),
  importAnswersLost: failure('ActitoUnavailable', {
    examples: [{ answers: 2, minutes: 1 }],
    says: ({ answers, minutes }) =>
      `The responses to ${counted(answers, 'import call')} were lost, and each call may have started an import in Actito. The worker ` +
      `retries ${counted(minutes, 'minute')} after the last call, or possibly sooner if Actito accepts another import for the profile table.`,
  }),
  rowsInErrorAwaited: failure(
    'ImportPending',
    always(
      'The import ended with errors. The affected rows cannot be read yet; the worker asks Actito again.',
    ),
  ),
  rowsInErrorUnknown: message<{ imports: number; members: number }>({
    examples: [
      { imports: 1, members: 280 },
      { imports: 2, members: 1 },
    ],
    says: ({ imports, members }) =>
      `Actito reports errors in ${counted(imports, 'import')}, but not which rows are affected. The attributes of ` +
      `${counted(members, 'member')} count as unconfirmed; they are sent again after 24 hours, or when they change.`,
    next: () =>
      advise(
        'If your license does not return the rows in error, set contract.rowResults: none in the destination, so that runs ' +
          'do not wait for them.',
      ),
  }),
  importStatusUnknown: message<{ activation: string; execution: string; status: string | null }>({
    examples: [
      { activation: 'vip-customers', execution: '4711', status: 'PAUSED' },
      { activation: 'vip-customers', execution: '4711', status: null },
    ],
    says: ({ status }) => takenAsRunning(status),
    next: ({ activation, status }) => (status === null ? [readWords(activation)] : []),
  }),
  importFailed: failure<{
    activation: string;
    execution: string;
    /** The settings that its ETL must have. */ etl?: EtlFacts;
  }>('ImportFailed', {
    examples: [
      { activation: 'vip-customers', execution: '4711' },
      { activation: 'vip-customers', execution: '4711', etl: ETL_EXAMPLE },
    ],
    says: ({ activation, execution }) =>
      `Import ${execution} of activation ${activation} failed in Actito. The next run sends its members again.`,
    next: ({ activation, etl }) => [
      readWords(activation),
      ...(etl === undefined
        ? []
        : advise(`If it fails again, check the ETL. ${etlRequirements(etl)} ${WHERE_ETLS_ARE}.`)),
    ],
  }),
  deltaLineUnfit: failure(
    'Defect',
    always('A row of the delta does not have one value for each mapped attribute.'),
  ),
  chunkTooLarge: failure('Defect', {
    examples: [{ bytes: 100_000_000 }],
    says: ({ bytes }) => `An import file has more than ${bytes} bytes; its chunk is too large.`,
  }),
  importNotFound: failure<{ status: number; call: string }>('ActitoRefused', {
    examples: [{ status: 404, call: 'GET executionsByFile' }],
    says: ({ status, call }) =>
      `An import whose response was lost cannot be looked up by its file: Actito answered ${status} to ${call}.`,
    next: () =>
      advise(
        'Check the names of entity and profile table, and that the API key may see them.',
        'If your license cannot list executions, set contract.executionListing: none.',
      ),
  }),
};

function takenAsRunning(status: string | null): string {
  const said = status === null ? 'a status that is not a valid code' : `the unknown status "${status}"`;
  return (
    `Actito reported ${said}; the import counts as still running. If the status is final, add it to contract.statusNames ` +
    'of the destination. If another field has the status, set contract.statusField.'
  );
}
