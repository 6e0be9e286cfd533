import type { openWarehouse } from '../../../warehouse/open.ts';
import type { Guarantees, Warehouse } from '../../../warehouse/source.ts';
import type { Value } from './values.ts';

/** How a process of its own opens a source. */
export interface Apart {
  /** The path of a module of the driver, from the root of the project. */
  module: string;
  /** The function in it that opens the source. */
  name: string;
  /** Its arguments, which JSON can carry. */
  options: unknown[];
  stop?: () => Promise<void>;
}

/** A source that the product's own function opens. */
export function productOpening(...options: Parameters<typeof openWarehouse>): Apart {
  return { module: 'warehouse/open.ts', name: 'openWarehouse', options };
}

/** What the test of a driver needs: a real warehouse, and the few pieces of SQL that differ between dialects. */
export interface WarehouseFixture {
  start(): Promise<void>;
  stop(): Promise<void>;
  open(options?: { statementTimeout?: number }): Promise<Warehouse>;
  /** Runs a statement beside the driver, with the right to write. */
  execute(sql: string): Promise<void>;
  /** How many statements of the driver are running on the server. */
  running(): Promise<number>;
  /** A query of n rows with the columns `id` (an integer from 1) and `padding` (a text of 100 characters). */
  rows(n: number): string;
  /** A query with the column `id` that takes many minutes before its first row. */
  slow: string;
  /** Queries with the column `id` that write into the warehouse, if it allows that. */
  writes: Record<string, string>;
  /** How many of their writes succeeded. */
  written(): Promise<number>;
  /** SQL expressions with the expected text. */
  values: Value[];
  /** What the driver must say about itself. */
  guarantees: Guarantees;
  /** A query like `rows(2 * n)`, of which row n has a value that cannot be computed. */
  failsAt(n: number): string;
  /** A source that sends its rows in chunks as large as the service sends at most. */
  apart(): Apart | Promise<Apart>;
  /** Ends the connections of the driver, as a server that stops would. */
  cut(): Promise<void>;
  /** Makes the server end connections that read slowly; the pause in milliseconds that is too long for it. */
  impatient?: () => Promise<number>;
  /** Makes the next read's count of rows wrong, if the count is told apart from the rows. */
  miscount?: () => void;
  /** The query has ended on the server before its first row can be read. */
  endsBeforeRows?: boolean;
  /** Statements of this dialect, where they differ from {@link SQL}. */
  sql?: Partial<typeof SQL>;
}

/** Statements of the tests, as most dialects have them. */
export const SQL = {
  empty: 'select 1 as id where 1 = 0',
  createPeople: 'create table contract_people (id int, first_name varchar(50))',
  createMoving: 'create table contract_moving (id int, padding varchar(100))',
  createAsked: 'create table contract_asked (id int)',
  createKept: 'create table contract_kept (id int)',
  comments: {
    'a trailing semicolon': 'select 1 as id;',
    'a semicolon, blanks and a comment': 'select 1 as id ; \n\n -- the end; really\n',
    'a comment as its last line, with no line break': 'select 1 as id -- all of them',
    'comments and semicolons in texts': "select /* ; */ 1 as id, ';--' as other, '/*;' as third ;",
    'a WITH': 'with chosen as (select 1 as id) select id from chosen',
  } as Record<string, string>,
  nowhere: 'select 1 as id\nfrom nowhere',
  nowhereSays: /a table does not exist, at line 2, column 6/,
  broken: 'select 1 as id\nfrom where',
  brokenSays: /a syntax error, at line 2, column 6 of the query/,
  /** What orders a query by its column `id`. */
  orderById: 'order by id',
  emailAndId: "select 'x' as email, 1 as id",
  /** An expression of a text of a million characters. */
  million: "repeat('x', 1000000)",
};

/** The fixture of a driver with all statements. */
export type Dialected = WarehouseFixture & { sql: typeof SQL };
