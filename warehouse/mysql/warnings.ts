import type { MysqlConnection } from './connection.ts';

/**
 * Warnings by which the server says that a limit has changed the result: a text was cut (`group_concat`), a number
 * became the largest one of its type, a text became null because it is longer than `max_allowed_packet`, or rows are
 * missing (MariaDB). Values and rows that nobody asked for must not be sent.
 *
 * Other warnings are about what SQL means in MySQL: the number of the text `12 kg` is 12, that of `x` is 0, and `1 / 0`
 * is null. Queries rely on it, and one that compares a text with a number has such a warning for each row.
 */
const LOSSES = [1260, 1264, 1301, 1916, 1931];

/** MariaDB's warning that `limit rows examined` has ended a query early. */
const NOT_ALL_EXAMINED = 1931;
const ROWS_EXAMINED = /\brows\s+examined\b/i;

/**
 * Refuses the result of the last statement if it lost something. Call it before any other statement: on MySQL, even
 * `select found_rows()` replaces the warnings.
 * @param warnings how many warnings the server has counted
 * @throws Error like one of the server, with the number of the warning
 */
export async function refuseLosses(
  connection: MysqlConnection,
  sql: string,
  warnings: number,
  silence: number,
): Promise<void> {
  if (warnings === 0) return;
  const told = await connection.query('show warnings', silence);
  const loss = told.find(([, number]) => LOSSES.includes(Number(number)));
  if (loss) throw asError(Number(loss[1]), loss[2] ?? undefined);
  // The server keeps only the first warnings, and this one is the last.
  if (warnings > told.length && ROWS_EXAMINED.test(sql)) throw asError(NOT_ALL_EXAMINED);
}

function asError(errno: number, sqlMessage?: string): Error {
  return Object.assign(new Error('A limit has changed the result.'), {
    errno,
    sqlState: '01000',
    sqlMessage,
  });
}
