import { quoted, type Dialect } from '../sql/statements.ts';

/** What Snowflake takes for a name without quotes. */
const BARE = /^[A-Za-z_][\w$]*$/;

/** Snowflake's lexer, and its names: without quotes they are in upper case, which is how a segment's table is written. */
export const SNOWFLAKE: Dialect = {
  quote: (name) => quoted(BARE.test(name) ? name.toUpperCase() : name, '"'),
  tokens: {
    lineComments: ['--', '//'],
    nestsComments: false,
    pieces: [
      /\s+/y,
      /'(?:[^'\\]|\\[^]|'')*'/y,
      /"[^"]*"/y,
      /\$\$[^]*?\$\$/y,
      /[\w\u0080-\uffff][\w$\u0080-\uffff]*/y,
    ],
  },
};
