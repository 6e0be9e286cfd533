import { WHERE_ETLS_ARE } from './actito.ts';
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
  importRunning: failure<{ said?: string }>('ImportPending', {
    examples: [
      {},
      {
        said: 'Actito says "PAUSED", which is taken as still running; if it means an end, add it to contract.statusNames of the destination.',
      },
    ],
    says: ({ said }) =>
      `Actito has not finished the import yet; it runs one at a time per licence.${said === undefined ? '' : ` ${said}`}`,
  }),
  importStatusUnknown: message<{ activation: string; execution: string; status: string | null }>({
    examples: [
      { activation: 'vip-customers', execution: '4711', status: 'PAUSED' },
      { activation: 'vip-customers', execution: '4711', status: null },
    ],
    says: ({ status }) =>
      `Actito says ${status === null ? 'a status that is no code' : `"${status}"`}, which is taken as still running; if it ` +
      'means an end, add it to contract.statusNames of the destination.',
    next: ({ activation, status }) => (status === null ? [readWords(activation)] : []),
  }),
  importFailed: failure<{ activation: string; execution: string; etl?: string }>('ImportFailed', {
    examples: [
      { activation: 'vip-customers', execution: '4711' },
      {
        activation: 'vip-customers',
        execution: '4711',
        etl: 'ETL 12 must be triggered by API. In another mode it would create profiles.',
      },
    ],
    says: ({ execution }) =>
      `Actito reports import ${execution} as failed. Its members are sent again by the next run.`,
    next: ({ activation, etl }) => [
      readWords(activation),
      ...(etl === undefined ? [] : advise(`If it fails again, compare: ${etl} ${WHERE_ETLS_ARE}.`)),
    ],
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
