import { WHERE_ETLS_ARE } from './actito.ts';
import { advise, always, failure, message } from './message.ts';

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
  importStatusUnknown: message({
    examples: [{ execution: '4711', status: 'PAUSED' }],
    says: ({ status }) =>
      `Actito says "${status}", which is taken as still running; if it means an end, add it to contract.statusNames of ` +
      'the destination.',
  }),
  importFailed: failure<{ execution: string; said: string; etl?: string }>('ImportFailed', {
    examples: [
      { execution: '4711', said: 'ERROR' },
      {
        execution: '4711',
        said: 'ERROR',
        etl: 'ETL 12 must be triggered by API. In another mode it would create profiles.',
      },
    ],
    says: ({ execution, said }) =>
      `Actito reports import ${execution} as failed (${said}). Its members are sent again by the next run.`,
    next: ({ etl }) =>
      etl === undefined ? [] : advise(`If it fails again, compare: ${etl} ${WHERE_ETLS_ARE}.`),
  }),
  importNotFound: failure('ActitoRefused', {
    examples: [
      {
        said: 'Actito answered 404 to GET /imports. Check the names of entity and profile table, and that the API key may see them.',
      },
    ],
    says: ({ said }) => `An import whose answer was lost cannot be looked up by its file: ${said}`,
    next: () => advise('Or set contract.executionListing: none.'),
  }),
};
