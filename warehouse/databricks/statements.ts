import type { Dialect } from '../sql/statements.ts';
import { quoted } from './kinds.ts';

/** The lexer of Databricks SQL. Names keep their case, and are compared without it. */
export const DATABRICKS: Dialect = {
  quote: quoted,
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
