import { WHERE_ETLS_ARE } from './actito.ts';
import { ETL_EXAMPLE, etlRequirements, type EtlFacts } from './lists.ts';
import { advise, always, failure, message } from './message.ts';
import { readWords } from './words-kept.ts';

/** What is said of imports while they are sent, and of what became of them. */
export const IMPORT_MESSAGES = {
  importShared: failure('ImportPending', always('The import waits for other activations that share it.')),
  importPartLost: failure(
    'ImportPending',
    always(
      'An activation that shares this import has ended, or goes alone; the file is written again without it.',
    ),
  ),
  importRunning: failure<{
    /** Actito's word for it, where it is not a known one; null: it is no code. */ status?: string | null;
  }>('ImportPending', {
    examples: [{}, { status: 'PAUSED' }, { status: null }],
    says: ({ status }) =>
      'Actito has not finished the import yet; it runs one at a time per licence.' +
      (status === undefined ? '' : ` ${takenAsRunning(status)}`),
  }),
  importAnswersLost: failure('ActitoUnavailable', {
    examples: [{ answers: 2, minutes: 1 }],
    says: ({ answers, minutes }) =>
      `Actito's answers to ${answers} calls that send an import are lost, and each may have started an import. The import is sent again ` +
      `${minutes} ${minutes === 1 ? 'minute' : 'minutes'} after the last one, or once Actito has accepted another import of the profile table.`,
  }),
  rowsInErrorAwaited: failure(
    'ImportPending',
    always(
      'The import has ended with errors, and which rows they are about could not be read yet; Actito is asked again.',
    ),
  ),
  rowsInErrorUnknown: message<{ imports: number; members: number }>({
    examples: [
      { imports: 1, members: 280 },
      { imports: 2, members: 1 },
    ],
    says: ({ imports, members }) =>
      `Actito reports errors in ${imports === 1 ? '1 import' : `${imports} imports`} and did not tell in a usable way ` +
      `which rows they are about: the attributes of ${members === 1 ? '1 member' : `${members} members`} are not taken as ` +
      'confirmed, and are sent again after 24 hours, or when they change.',
    next: () =>
      advise(
        'If this licence offers no rows in error, set contract.rowResults: none in the destination, so that no run waits ' +
          'for them.',
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
    /** What its ETL has to be. */ etl?: EtlFacts;
  }>('ImportFailed', {
    examples: [
      { activation: 'vip-customers', execution: '4711' },
      { activation: 'vip-customers', execution: '4711', etl: ETL_EXAMPLE },
    ],
    says: ({ execution }) =>
      `Actito reports import ${execution} as failed. Its members are sent again by the next run.`,
    next: ({ activation, etl }) => [
      readWords(activation),
      ...(etl === undefined
        ? []
        : advise(`If it fails again, compare: ${etlRequirements(etl)} ${WHERE_ETLS_ARE}.`)),
    ],
  }),
  deltaLineUnfit: failure(
    'Defect',
    always("A line of the delta does not have one value for each of the mapping's attributes."),
  ),
  chunkTooLarge: failure('Defect', {
    examples: [{ bytes: 100_000_000 }],
    says: ({ bytes }) => `An import file of more than ${bytes} bytes; its chunk was cut too large.`,
  }),
  importNotFound: failure<{ status: number; call: string }>('ActitoRefused', {
    examples: [{ status: 404, call: 'GET executionsByFile' }],
    says: ({ status, call }) =>
      `An import whose answer was lost cannot be looked up by its file: Actito answered ${status} to ${call}.`,
    next: () =>
      advise(
        'Check the names of entity and profile table, and that the API key may see them.',
        'Or set contract.executionListing: none.',
      ),
  }),
};

function takenAsRunning(status: string | null): string {
  const said = status === null ? 'a status that is no code' : `"${status}"`;
  return (
    `Actito says ${said}, which is taken as still running; if it means an end, add it to contract.statusNames of ` +
    'the destination.'
  );
}
