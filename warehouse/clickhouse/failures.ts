import ms from 'ms';
import { Failure } from '../../contract/failure.ts';
import type { QueryPlace } from '../../contract/messages/warehouse.ts';
import { networkFailure } from '../http/failures.ts';
import { conditionsOf } from '../sql/conditions.ts';
import { placeIn } from '../sql/places.ts';
import type { Statement } from '../sql/statements.ts';
import { OURS } from './settings.ts';
import type { Failures } from '../reading.ts';
import type { UrlSource } from '../source.ts';

/** An error that the server reported, in the head or in the body of an answer. */
export class ServerError extends Error {
  readonly code: number;
  /** The server's text. It may contain values and literals. */
  readonly words: string;

  constructor(code: number, words: string) {
    super('ClickHouse error');
    this.code = code;
    this.words = words;
  }

  /** @param text such as `Code: 60. DB::Exception: …` */
  static from(text: string): ServerError | undefined {
    const code = /^Code: (\d+)[.,]/.exec(text)?.[1];
    return code === undefined ? undefined : new ServerError(Number(code), text);
  }
}

/** Numbers of https://github.com/ClickHouse/ClickHouse/blob/master/src/Common/ErrorCodes.cpp */
const LOGIN = [192, 193, 194, 195, 516];
const TEMPORARY = [
  3, 95, 96, 99, 198, 202, 203, 209, 210, 225, 236, 242, 244, 265, 279, 286, 297, 319, 364, 369, 394, 410,
  425, 439, 473, 499, 519, 999,
];
const UNKNOWN_SETTING = 115;
const READONLY = 164;
const CONSTRAINT = 452;
const TIMEOUT = 159;
const CONDITIONS = conditionsOf({
  syntax: [62],
  noTable: [60],
  noSchema: [81],
  noColumn: [8, 10, 16, 47],
  noFunction: [42, 43, 46, 63],
  ambiguousName: [207, 352],
  duplicateColumn: [15, 179],
  notGrouped: [184, 215],
  noPermission: [291, 497],
  readOnly: [164],
  types: [44, 53, 386],
  conversion: [6, 26, 27, 70, 72, 117],
  range: [69, 321, 407],
  moment: [38, 41],
  division: [153],
  severalRows: [125],
  value: [36, 395, 427, 691],
  memory: [241],
  disk: [243],
  limit: [158, 159, 160, 161, 167, 191, 201, 290, 307, 396],
  setting: [115],
  feature: [48, 344],
  file: [76, 107],
});

/** The oldest version that has all settings of a request. */
const OLDEST = 'a server of version 24.3 or newer';

export function failuresOf({
  variable: connection,
  statementTimeout,
}: Pick<UrlSource, 'variable' | 'statementTimeout'>): Failures {
  return (error, during = {}) => {
    if (!(error instanceof ServerError)) return networkFailure(error, { variable: connection });
    const { statement, elapsed = 0 } = during;
    const { words } = error;
    const setting = statement?.setting;
    const code = `ClickHouse error ${error.code}`;
    if (error.code === TIMEOUT && elapsed >= statementTimeout)
      return new Failure('queryTimedOut', { setting, limit: ms(statementTimeout) });
    if (LOGIN.includes(error.code)) {
      const check = ['user', 'password', 'the addresses that the user may log in from'];
      return new Failure('sourceLoginRefused', { connection, check, code }, { words });
    }
    const unusable = settingFault(error);
    if (unusable) return new Failure('sourceSettingUnusable', { connection, ...unusable }, { words });
    if (TEMPORARY.includes(error.code)) return new Failure('sourceBrokeOff', { connection, code }, { words });
    const condition = CONDITIONS.get(error.code) ?? 'other';
    const facts = { setting, table: statement?.table, condition, at: placeOf(error, statement), code };
    return new Failure('queryRefused', facts, { words });
  };
}

/** Whether the user's profile, or the version, refuses a setting of our request. The query may have settings, too. */
function settingFault({ code, words }: ServerError): { setting: string; expected: string } | undefined {
  const setting = OURS.find((name) => words.includes(name));
  if (code === UNKNOWN_SETTING && setting) return { setting, expected: `a setting of ${OLDEST}` };
  if (code === READONLY && /Cannot modify/.test(words))
    return { setting: "readonly of the user's profile", expected: '0 or 2, because a request has settings' };
  if (code === CONSTRAINT && setting)
    return { setting, expected: "changeable within the constraints of the user's profile" };
  return undefined;
}

/** ClickHouse counts the bytes of the whole statement from 1, and only errors of syntax have a position. */
function placeOf({ words }: ServerError, statement?: Statement): QueryPlace | undefined {
  const position = /failed at position (\d+)/.exec(words)?.[1];
  if (position === undefined || !statement) return undefined;
  const before = Buffer.from(statement.text).subarray(0, Number(position) - 1);
  return placeIn(statement, before.toString().length);
}
