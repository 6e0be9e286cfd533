import ms from 'ms';
import { tlsFaultOf } from '../../contract/certificates.ts';
import { Failure } from '../../contract/failure.ts';
import { codeOf, knownCode } from '../../contract/foreign.ts';
import type { QueryPlace } from '../../contract/messages/warehouse.ts';
import { conditionsOf } from '../sql/conditions.ts';
import { lineIn } from '../sql/places.ts';
import type { Statement } from '../sql/statements.ts';
import type { During, Failures } from '../reading.ts';

/*
 * Numbers of https://learn.microsoft.com/en-us/sql/relational-databases/errors-events/database-engine-events-and-errors
 * and, for Azure, https://learn.microsoft.com/en-us/azure/azure-sql/database/troubleshoot-common-errors-issues
 */

/** Login, database, or an address that Azure's firewall refuses. */
const LOGIN = [4060, 18452, 18456, 18470, 18486, 18487, 18488, 40615, 40914];
/** Deadlocks, lost snapshots, restarts, failovers, lack of connections, and limits of Azure that pass. */
const TEMPORARY = [
  64, 233, 596, 615, 617, 669, 921, 922, 926, 976, 978, 983, 1205, 1222, 3957, 3958, 3959, 3960, 3961, 3966,
  4221, 6005, 8628, 8651, 9001, 10928, 10929, 10936, 17142, 17148, 17187, 17197, 17830, 17889, 20028, 40020,
  40143, 40166, 40197, 40501, 40540, 40549, 40550, 40613, 42108, 42109, 49918, 49919, 49920,
];
const CONDITIONS = conditionsOf({
  syntax: [102, 103, 105, 113, 137, 156, 170, 319, 336],
  bareOrderBy: [1033],
  unnamedColumn: [8155],
  noTable: [208],
  noSchema: [2760, 911],
  noColumn: [207, 4104],
  noFunction: [195, 2812, 4121, 8116],
  ambiguousName: [209],
  duplicateColumn: [8156],
  notGrouped: [8118, 8119, 8120, 8121, 8127],
  noPermission: [229, 230, 262, 297, 300, 916],
  readOnly: [3906],
  types: [206, 257, 402, 403, 529, 8117],
  conversion: [235, 244, 245, 293, 8114, 8169],
  range: [220, 232, 234, 248, 1007, 8115],
  moment: [241, 242, 295, 296, 517],
  division: [8134],
  severalRows: [512],
  value: [281, 536, 537, 3623],
  memory: [701, 802, 8645],
  disk: [1101, 1105, 9002, 40544],
  limit: [191, 8618, 8623, 8631, 8632, 8649],
  feature: [3952, 40515],
});

/** An error of tedious: of the server if it has a number. */
interface TediousError extends Error {
  code?: string;
  number?: number;
  lineNumber?: number;
  cause?: unknown;
}

export function failuresOf({
  connection,
  statementTimeout,
}: {
  /** The host. */
  connection: string;
  statementTimeout: number;
}): Failures {
  return (error, during = {}) => {
    if (error instanceof Failure || error instanceof TypeError || !(error instanceof Error)) return error;
    const { number, code } = error as TediousError;
    if (typeof number === 'number' && number > 0) return fromServer(error, number, during);
    if (code === LATE && during.statement)
      return new Failure('queryTimedOut', { setting: during.statement.setting, limit: ms(statementTimeout) });
    if (code === 'ELOGIN') {
      const check = ['user', 'password', 'database'];
      return new Failure('sourceLoginRefused', { connection, check, code }, { words: error.message });
    }
    return ofNetwork(error);
  };

  function ofNetwork(error: TediousError): Failure {
    // tedious' own codes, such as ESOCKET, say less than those of the error below
    const code = knownCode(error.cause) ?? codeOf(error);
    const fault = code === NO_TLS ? 'none' : tlsFaultOf(code);
    if (fault) return new Failure('sqlserverTlsRefused', { connection, fault, code });
    return new Failure('sourceUnreachable', { connection, code });
  }

  function fromServer(error: TediousError, number: number, { statement }: During): Failure {
    const words = error.message;
    const code = `SQL Server error ${number}`;
    if (LOGIN.includes(number)) {
      const check = ['user', 'password', 'database'];
      return new Failure('sourceLoginRefused', { connection, check, code }, { words });
    }
    if (TEMPORARY.includes(number)) return new Failure('sourceBrokeOff', { connection, code }, { words });
    const condition = CONDITIONS.get(number) ?? 'other';
    const { setting, table } = statement ?? {};
    const facts = { setting, table, condition, at: placeOf(error, statement), code };
    return new Failure('queryRefused', facts, { words });
  }
}

/** The code of a statement that the server has canceled because of our timeout. */
export const LATE = 'ERR_SQLSERVER_LATE';
/** The code of our own error about a server without TLS. */
export const NO_TLS = 'ERR_SQLSERVER_NO_TLS';

/** The server tells lines from 1, which are those of the user's query (query.ts). */
function placeOf({ lineNumber = 0 }: TediousError, statement?: Statement): QueryPlace | undefined {
  return statement && lineIn(statement, lineNumber);
}
