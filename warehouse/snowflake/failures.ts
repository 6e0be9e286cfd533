import ms from 'ms';
import type { Condition } from '../../contract/messages/conditions.ts';
import { Failure } from '../../contract/failure.ts';
import { conditionOfSqlstate } from '../sql/conditions.ts';
import { placeOfLine } from '../sql/places.ts';
import type { Context } from '../rest/statement.ts';
import type { Statement } from '../sql/statements.ts';

/** An answer that refuses a call or a statement. */
interface Refusal {
  status: number;
  code?: string;
  sqlState?: string;
  message?: string;
}

/**
 * Codes of Snowflake, which publishes no list. Each one is in its documentation or in errors that users published, with
 * its text: `100038 (22018): Numeric value … is not recognized`. Only 000008, 000625 and 000979 are from memory. Where a
 * code is missing here, the SQLSTATE decides.
 */
const CONDITIONS: Record<string, Condition> = {
  '000008': 'severalStatements',
  '000604': 'canceled',
  '000904': 'noColumn',
  '000979': 'notGrouped',
  '001003': 'syntax',
  '001044': 'types',
  '002003': 'noTable',
  '002025': 'duplicateColumn',
  '002028': 'ambiguousName',
  '002043': 'noObject',
  '002139': 'noFunction',
  '002140': 'noFunction',
  '002141': 'noFunction',
  '003001': 'noPermission',
  '090073': 'limit', // a resource monitor has suspended the warehouse
  '100035': 'moment',
  '100037': 'conversion',
  '100038': 'conversion',
  '100039': 'range',
  '100040': 'moment',
  '100046': 'range',
  '100051': 'division',
  '100078': 'value',
};
const TIMED_OUT = ['000630'];
/** No warehouse is chosen, or the one that is does not exist for the role. */
const NO_WAREHOUSE = ['000606', '390201'];
/** An error inside of Snowflake, a statement that it gave up, and one that it no longer knows. */
const TEMPORARY = ['000603', '000625', '000709'];

/** Converts refusals into failures; no other function does. The service's text may contain values: it is kept apart. */
export function failureOf(
  { status, code = 'unknown', sqlState, message }: Refusal,
  { client: { host: connection }, statementTimeout }: Context,
  statement: Statement,
): Failure {
  const setting = statement.setting;
  const words = message;
  const known = codeInWords(code, status);
  if (status === 408 || TIMED_OUT.includes(code))
    return new Failure('queryTimedOut', { setting, limit: ms(statementTimeout) });
  if ([401, 403, 404].includes(status)) {
    const check = ['account', 'user', 'privateKey or token', 'role', 'the network policy of the user'];
    return new Failure('sourceLoginRefused', { connection, check, code: known }, { words });
  }
  if (NO_WAREHOUSE.includes(code) || status === 400)
    return new Failure(
      'sourceConnectionRefused',
      { connection, check: ['warehouse', 'role', 'database', 'schema'], code: known },
      { words },
    );
  if (status !== 422 || TEMPORARY.includes(code))
    return new Failure('sourceBrokeOff', { connection, code: known }, { words });
  const condition = CONDITIONS[code] ?? conditionOfSqlstate(sqlState) ?? 'other';
  const { table } = statement;
  const at = placeOf(message, statement);
  return new Failure('queryRefused', { setting, table, condition, at, code: known }, { words });
}

/** A code that is none is not shown. */
function codeInWords(code: string, status: number): string {
  return /^\d{6}$/.test(code) ? `Snowflake error ${code}` : `HTTP status ${status}`;
}

/** `error line 2 at position 5`: lines from 1, positions from 0. */
function placeOf(message: string | undefined, statement: Statement) {
  const found = /\bline (\d+) at position (\d+)/.exec(message ?? '');
  return found ? placeOfLine(statement, Number(found[1]), Number(found[2])) : undefined;
}
