import { message } from './message.ts';

/** Why a route cannot be checked by reading. */
const NOT_CHECKED = {
  writes: 'Only a call that writes shows it.',
  token: 'The call needs a token.',
  table: 'The call needs the id of the profile table.',
  etl: 'No activation of this destination uses an ETL.',
  import: 'actito-sync knows no import of this profile table; run an activation first.',
  notApplied:
    'Only an import that Actito applied has results; the last import known to actito-sync is running, failed, or has an unknown status.',
  rowsInError: 'The last import known to actito-sync has no rows in error.',
  list: 'The call needs the id of a list, and none was found.',
};
export type NotCheckedReason = keyof typeof NOT_CHECKED;
const REASONS = Object.keys(NOT_CHECKED) as NotCheckedReason[];

/** What `contract check` reports of each route. People send it to us: no ids, names of the customer, or values. */
export const CONTRACT_CHECK_MESSAGES = {
  routeAsAssumed: message({
    examples: [{}],
    says: () => 'The response has the fields that actito-sync reads.',
  }),
  routeDiffers: message<{ /** Paths of fields; '' is the body as a whole. */ at: string[] }>({
    examples: [{ at: ['lists', 'lists[].id'] }, { at: [''] }],
    says: ({ at }) =>
      `The response differs from what actito-sync reads at ${at.map((field) => field || 'the body').join(', ')}.`,
  }),
  routeAnswersOther: message<{ page: boolean }>({
    examples: [{ page: true }, { page: false }],
    says: ({ page }) =>
      page
        ? 'The response is an HTML page, so it may come from a gateway or proxy.'
        : 'The response is not JSON.',
  }),
  routeNotFound: message<{ route: string; assumed: boolean }>({
    examples: [
      { route: 'lists', assumed: true },
      { route: 'profileTable', assumed: false },
    ],
    says: ({ route, assumed }) =>
      assumed
        ? `This path is an assumption; if your license has another, set contract.paths.${route}.`
        : `The path is documented: check the names in the destination, and the rights of the API key. If your license has another path, set contract.paths.${route}.`,
  }),
  routeFailed: message<{ /** The name of the failure in docs/messages.md. */ reason: string }>({
    examples: [{ reason: 'apiKeyLacksRight' }, { reason: 'actitoUnreachable' }],
    says: ({ reason }) => `The call failed (${reason} in docs/messages.md).`,
  }),
  routeNotChecked: message<{ why: NotCheckedReason }>({
    examples: [{ why: REASONS[0]! }, ...REASONS.slice(1).map((why) => ({ why }))],
    says: ({ why }) => NOT_CHECKED[why],
  }),
  nameNotListed: message<{ what: 'entity' | 'profile table' }>({
    examples: [{ what: 'entity' }, { what: 'profile table' }],
    says: ({ what }) => `The response does not list the ${what} of the destination.`,
  }),
  typesUnknown: message<{ types: string[] }>({
    examples: [{ types: ['GEO'] }],
    says: ({ types }) =>
      `The profile table has attributes of types that actito-sync cannot write: ${types.join(', ')}.`,
  }),
  etlChecked: message<{ mode: 'UPDATE_ONLY' | 'CREATE_ONLY' | 'CREATE_UPDATE' | null }>({
    examples: [{ mode: 'UPDATE_ONLY' }, { mode: 'CREATE_UPDATE' }, { mode: null }],
    says: ({ mode }) =>
      mode === null
        ? 'The response contains none of UPDATE_ONLY, CREATE_ONLY and CREATE_UPDATE, so the mode must be checked in Actito.'
        : `The response contains the mode ${mode}${mode === 'UPDATE_ONLY' ? '' : ', which creates profiles: runs are refused'}.`,
  }),
  statusChecked: message<{
    field: string;
    /** Null: it is not a valid code. */ status: string | null;
    known: boolean;
  }>({
    examples: [
      { field: 'status', status: 'SUCCESS', known: true },
      { field: 'executionStatus', status: 'DONE', known: false },
      { field: 'status', status: null, known: false },
    ],
    says: ({ field, status, known }) =>
      `The status of the last import is in the field ${field}: ` +
      (status === null
        ? 'a text that is not a valid code.'
        : `${status}${known ? '' : ', which is unknown'}.`),
  }),
  statusMissing: message({
    examples: [{}],
    says: () => 'The response has no text in the field executionStatus or status.',
  }),
  importListed: message<{ listed: boolean }>({
    examples: [{ listed: true }, { listed: false }],
    says: ({ listed }) =>
      listed
        ? 'The last import is found by the name of its file.'
        : 'The response does not contain the last import with the name of its file in dataFile.',
  }),
  resultFileUnusable: message({
    examples: [{}],
    says: () => 'The file is not a ZIP with a CSV whose header has the column code.',
  }),
};
