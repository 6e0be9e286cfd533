import { WHERE_ETLS_ARE } from './actito.ts';
import { ETL_EXAMPLE, etlRequirements, type EtlFacts } from './lists.ts';
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
  importRunning: failure<{ /** Actito's word for it, where it is not a known one. */ status?: string }>(
    'ImportPending',
    {
      examples: [{}, { status: 'PAUSED' }],
      says: ({ status }) =>
        'Actito has not finished the import yet; it runs one at a time per licence.' +
        (status === undefined ? '' : ` ${takenAsRunning(status)}`),
    },
  ),
  importStatusUnknown: message({
    examples: [{ execution: '4711', status: 'PAUSED' }],
    says: ({ status }) => takenAsRunning(status),
  }),
  importFailed: failure<{ execution: string; said: string; /** What its ETL has to be. */ etl?: EtlFacts }>(
    'ImportFailed',
    {
      examples: [
        { execution: '4711', said: 'ERROR' },
        {
          execution: '4711',
          said: 'ERROR',
          etl: ETL_EXAMPLE,
        },
      ],
      says: ({ execution, said }) =>
        `Actito reports import ${execution} as failed (${said}). Its members are sent again by the next run.`,
      next: ({ etl }) =>
        etl === undefined
          ? []
          : advise(`If it fails again, compare: ${etlRequirements(etl)} ${WHERE_ETLS_ARE}.`),
    },
  ),
  deltaLineUnfit: failure(
    'Defect',
    always("A line of the delta does not have one value for each of the mapping's attributes."),
  ),
  chunkTooLarge: failure('Defect', {
    examples: [{ bytes: 100_000_000 }],
    says: ({ bytes }) => `An import file of more than ${bytes} bytes; its chunk was cut too large.`,
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

function takenAsRunning(status: string): string {
  return (
    `Actito says "${status}", which is taken as still running; if it means an end, add it to contract.statusNames of ` +
    'the destination.'
  );
}
