import ms from 'ms';
import { tlsFaultOf } from '../../contract/certificates.ts';
import { Failure } from '../../contract/failure.ts';
import { codeOf, knownCode } from '../../contract/foreign.ts';
import type { QueryPlace } from '../../contract/messages/warehouse.ts';
import type { During, Failures } from '../reading.ts';
import type { UrlSource } from '../source.ts';
import { conditionsOf } from '../sql/conditions.ts';
import { lineIn, placeIn, unitsAt } from '../sql/places.ts';
import type { Statement } from '../sql/statements.ts';
import type { Session } from './session.ts';
import { TLS_FAILED } from './tls.ts';

/** An error that the server sent, as mysql2 makes it. */
interface ServerError {
  errno: number;
  sqlState: string;
  sqlMessage?: string;
}

/*
 * Numbers of errors. https://dev.mysql.com/doc/mysql-errors/9.0/en/server-error-reference.html,
 * https://mariadb.com/docs/server/reference/error-codes/mariadb-error-code-reference
 */

/** What a number means in a query. */
const CONDITIONS = conditionsOf({
  syntax: [1064, 1065, 1149],
  noTable: [1051, 1146],
  noSchema: [1046, 1049],
  noColumn: [1054],
  noFunction: [1128, 1305, 1582, 1630],
  ambiguousName: [1052],
  duplicateColumn: [1060],
  notGrouped: [1055, 1056, 1111, 1140],
  noPermission: [1044, 1142, 1143, 1227, 1370],
  invalidView: [1356],
  readOnly: [1290, 1792, 1836],
  types: [1222, 1241, 1267, 1270, 1271],
  value: [1210, 1366, 1406, 1411, 3140, 3141, 4036, 4038],
  conversion: [1292, 1300, 1525],
  range: [1264, 1690, 1916],
  division: [1365],
  severalRows: [1242],
  memory: [1037, 1038, 1041],
  disk: [3, 1021, 1114],
  limit: [1104, 1153, 1260, 1301, 1931, 3170, 3636],
  feature: [1178, 1235],
  file: [13, 29, 1017],
});

/** The statement timeouts of MySQL and of MariaDB. */
const TIMED_OUT = [3024, 1969];

/**
 * What another attempt may not meet again: too many connections, a server that stops, a killed session or query, locks,
 * and a table that was changed after the snapshot was taken.
 */
const PASSES = [
  1040, 1053, 1077, 1080, 1152, 1158, 1159, 1160, 1161, 1184, 1203, 1205, 1213, 1226, 1317, 1412, 1637, 1927,
  3169, 4031,
];

/** What is wrong with a login, by the number; for any other number, all that can be. */
const LOGIN = new Map<number, string[]>([
  [1045, ['user', 'password', 'the hosts from which the user may log in', 'sslmode']],
  [1044, ['database', 'the rights of the user in it']],
  [1049, ['database']],
  [1129, ['the host cache of the server, which blocks this machine (flush hosts)']],
  [1130, ['the hosts from which the user may log in']],
  [1251, ['the authentication plugin of the user']],
  [1524, ['the authentication plugin of the user']],
  [1698, ['user', 'password', 'the authentication plugin of the user']],
  [1820, ['the password of the user, which must be changed']],
  [1862, ['the password of the user, which has expired']],
  [3118, ['the account, which is locked']],
  [3159, ['sslmode, because the server accepts TLS only']],
  [4151, ['the account, which is locked']],
]);

/** mysql2's codes of connections that ended, in ours. */
const CODES = new Map([['PROTOCOL_CONNECTION_LOST', 'ERR_MYSQL_ENDED']]);
/** mysql2's codes of logins that cannot be completed. */
const UNKNOWN_LOGIN = ['AUTH_SWITCH_PLUGIN_ERROR', 'HANDSHAKE_UNKNOWN_ERROR'];

/**
 * A failure contains neither its cause nor the server's text, because that contains values of rows and literals of the
 * query. The text goes to the state as `words`, and the message is our own text about the number.
 * @param sessionNow returns undefined while logging in
 */
export function failuresOf(
  { variable, statementTimeout }: Pick<UrlSource, 'variable' | 'statementTimeout'>,
  sessionNow: () => Session | undefined,
): Failures {
  const connection = variable;

  return (error, during = {}) => {
    if (error instanceof Failure || error instanceof TypeError || !(error instanceof Error)) return error;
    if (isOfServer(error)) return fromServer(error, during);
    const known = knownCode(error);
    const found = known === TLS_FAILED ? codeOf(error.cause) : codeOf(error);
    if (found === 'HANDSHAKE_NO_SSL_SUPPORT')
      return new Failure('databaseTlsRefused', { variable, fault: 'none', code: found });
    const fault = tlsFaultOf(found);
    if (fault) return new Failure('databaseTlsRefused', { variable, fault, code: found });
    if (UNKNOWN_LOGIN.includes(found))
      return new Failure('sourceLoginRefused', {
        connection,
        check: ['the authentication plugin of the user'],
        code: found,
      });
    return new Failure('sourceUnreachable', { connection, code: CODES.get(found) ?? found });
  };

  function fromServer({ errno, sqlMessage }: ServerError, during: During): Failure {
    const { statement, elapsed = 0 } = during;
    const code = `MySQL error ${errno}`;
    const options = { words: sqlMessage };
    const { setting, table } = statement ?? {};
    if (TIMED_OUT.includes(errno)) {
      if (elapsed >= statementTimeout)
        return new Failure('queryTimedOut', { setting, limit: ms(statementTimeout) });
      return new Failure('queryRefused', { setting, table, condition: 'limit', code }, options);
    }
    if (PASSES.includes(errno)) return new Failure('sourceBrokeOff', { connection, code }, options);
    if (!sessionNow()) {
      const check = LOGIN.get(errno) ?? ['user', 'password', 'database', 'sslmode'];
      return new Failure('sourceLoginRefused', { connection, check, code }, options);
    }
    const condition = CONDITIONS.get(errno) ?? 'other';
    const isPlaced = condition === 'syntax' && statement !== undefined && sqlMessage !== undefined;
    const at = isPlaced ? placeOfSyntax(sqlMessage, statement) : undefined;
    return new Failure('queryRefused', { setting, table, condition, at, code }, options);
  }
}

function isOfServer(error: object): error is Error & ServerError {
  const { errno, sqlState } = error as Partial<ServerError>;
  return typeof sqlState === 'string' && typeof errno === 'number' && errno > 0;
}

/** `… near 'from from' at line 2`, in the language of the server: what follows the place, and the number of the line. */
const NEAR = /'(.*)'\D+(\d+)\D*$/s;

/**
 * Returns the place of a syntax error. The server tells no column, but what it read next: the rest of the statement, or
 * about 80 characters of it. Where that occurs once, it is the place; otherwise the line is.
 * @param words the server's text
 */
function placeOfSyntax(words: string, statement: Statement): QueryPlace | undefined {
  const [, told, line] = NEAR.exec(words) ?? [];
  if (told === undefined) return undefined;
  const near = told.replace(/\.\.\.$/, '');
  const text = inUtf8mb3(statement.text);
  const at = text.indexOf(near);
  const isOnce = at >= 0 && text.indexOf(near, at + 1) < 0;
  return isOnce ? placeIn(statement, unitsAt(statement.text, at)) : lineIn(statement, Number(line));
}

/** The encoding of the server's texts, which has a `?` for each character beyond the Basic Multilingual Plane. */
function inUtf8mb3(text: string): string {
  return text.replace(/[\u{10000}-\u{10ffff}]/gu, '?');
}
