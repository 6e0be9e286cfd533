import { quoted, type Dialect } from '../sql/statements.ts';

/** The lexer of Databricks SQL. Names keep their case, and are compared without it. */
export const DATABRICKS: Dialect = {
  quote: (name) => quoted(name, '`'),
  tokens: {
    lineComments: ['--'],
    nestsComments: true,
    pieces: [
      /\s+/y,
      /[rR]'[^']*'/y,
      /[rR]"[^"]*"/y,
      /'(?:[^'\\]|\\[^])*'/y,
      /"(?:[^"\\]|\\[^])*"/y,
      /`[^`]*`/y,
      /[\w\u0080-\uffff]+/y,
    ],
  },
};
