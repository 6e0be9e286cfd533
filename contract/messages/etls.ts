import { fieldsSeen, WHERE_ETLS_ARE } from './actito.ts';
import { ETL_EXAMPLE, etlRequirements, type EtlFacts } from './lists.ts';
import { advise, failure, message } from './message.ts';

/** The modes of an ETL that create profiles. */
export type CreatingMode = 'CREATE_ONLY' | 'CREATE_UPDATE';

/** Messages about the mode of an ETL, which is read before its first use. */
export const ETL_MESSAGES = {
  etlCreates: failure<EtlFacts & { activation: string; mode: CreatingMode }>('ConfigurationInvalid', {
    examples: [
      { ...ETL_EXAMPLE, activation: 'vip-customers', mode: 'CREATE_UPDATE' },
      { ...ETL_EXAMPLE, activation: 'vip-customers', mode: 'CREATE_ONLY' },
    ],
    says: ({ etl, activation, mode }) =>
      `The ETL ${etl} in importMode of activation ${activation} is not used: Actito's description of it contains the mode ` +
      `${mode}, which creates profiles. actito-sync never creates a contact.`,
    next: (facts) =>
      advise(
        'Set the id of an ETL in mode UPDATE_ONLY in importMode: { etl: … }.',
        etlRequirements(facts),
        `${WHERE_ETLS_ARE}.`,
      ),
  }),
  etlModeSeen: message({
    examples: [{ etl: '12' }],
    says: ({ etl }) => `Actito's description of ETL ${etl} contains the mode UPDATE_ONLY.`,
  }),
  etlUnread: message({
    examples: [{ etl: '12', failure: 'Actito answered 403 to GET etl. The API key lacks the permission.' }],
    says: ({ etl, failure: cause }) => `The mode of ETL ${etl} cannot be read: ${cause}`,
    next: checkTheMode,
  }),
  etlModeUnclear: message<{
    etl: string;
    /** The names of the fields of its description. */ seen: string[];
    /** The answer is an HTML page. */ page?: true;
  }>({
    examples: [
      { etl: '12', seen: ['id', 'name'] },
      { etl: '12', seen: [], page: true },
    ],
    says: ({ etl, seen, page }) =>
      page
        ? `The mode of ETL ${etl} is unknown, because the response to GET etl is an HTML page.`
        : `The mode of ETL ${etl} is unknown: the response to GET etl contains none of UPDATE_ONLY, CREATE_ONLY and ` +
          `CREATE_UPDATE.${fieldsSeen(seen)}`,
    next: checkTheMode,
  }),
};

function checkTheMode() {
  return advise('Check in Actito that its mode is UPDATE_ONLY: an ETL in another mode creates profiles.');
}
