import { advise, type Next } from './message.ts';

/**
 * What went wrong in a query, for databases without PostgreSQL's SQLSTATEs. Each driver maps the codes of its database
 * to these, in one place. Each ends a sentence: "The segment's query failed: …".
 */
const CONDITIONS = {
  syntax: 'a syntax error',
  invalid: 'its syntax, a name or a type is not valid',
  severalStatements: 'it has more than one statement',
  batchSeparator: 'it has GO, which only tools such as sqlcmd know; remove it',
  bareOrderBy:
    'it has an ORDER BY without TOP or OFFSET; remove it, the order of the rows makes no difference',
  unnamedColumn: 'a column has no name; give it one (… as …)',
  notSelect: 'it is not a SELECT',
  noTable: 'a table does not exist',
  noSchema: 'a schema does not exist',
  noObject: 'a table or another object does not exist',
  noColumn: 'a column does not exist',
  noFunction: 'a function or operator does not exist for these types',
  ambiguousName: 'a column name is ambiguous',
  duplicateColumn: 'a column is duplicated',
  notGrouped: 'a column is neither grouped nor aggregated',
  noPermission: 'a permission is missing',
  invalidView:
    'a view refers to a table, column or function that does not exist, or that its definer has no right to use',
  readOnly: 'it would write, and the connection is read-only',
  types: 'types do not match',
  value: 'a value is not valid',
  computation: 'a value cannot be computed or converted',
  conversion: 'text cannot be converted to the type',
  range: 'a number is out of range for its type',
  moment: 'text is not a valid date or time',
  division: 'division by zero',
  severalRows: 'a subquery returned more than one row',
  memory: 'the server is out of memory',
  disk: 'the disk of the server is full',
  limit: 'a configured limit of the server was reached',
  setting: 'the server does not know a setting',
  feature: 'this server does not support a feature',
  file: 'a file does not exist, or cannot be read',
  extension: 'it needs an extension of the database, and runs load none',
  canceled: 'the statement was canceled',
  other: 'an error of the database',
} as const;

/** The kind of an error in a query. */
export type Condition = keyof typeof CONDITIONS;

const FIND = 'Check the name, and that the user of the source has the right to read it.';
const ADVICE: Partial<Record<Condition, string>> = {
  noTable: FIND,
  noSchema: FIND,
  noObject:
    'Check the names in the query and in connection of the source, and that the user of the source has the right to use them.',
  noPermission:
    'Check the names of tables and columns, and give the user of the source the right to read them.',
  invalidView:
    'Create the view anew, or give its definer the rights; with SQL SECURITY INVOKER, the user of the source needs them.',
  setting: 'Check the parameters after the ? of the URL, and the settings in the query.',
};

/** Returns what to do about a condition, for those whose words do not say it. */
export function conditionAdvice(condition: Condition): Next[] {
  const advice = ADVICE[condition];
  return advice === undefined ? [] : advise(advice);
}

/** Returns the words for a condition. */
export function conditionInWords(condition: Condition): string {
  return CONDITIONS[condition];
}
