import type { z } from 'zod';
import { expected, type PlainExpected } from '../contract/messages/expected.ts';

/** Describes the expected value of a setting, if its schema does not. */
export const expectation: z.core.$ZodErrorMap = (issue) => {
  switch (issue.code) {
    case 'invalid_type': {
      const name = TYPES[issue.expected];
      return name ? expected(name) : expected('ofType', { type: issue.expected });
    }
    case 'too_small':
      if (issue.origin === 'string') return expected('textNotEmpty');
      if (issue.origin === 'array') return expected('listNotEmpty');
      return expected('atLeast', { least: Number(issue.minimum) });
    case 'too_big': {
      const most = Number(issue.maximum);
      if (issue.origin === 'string') return expected('characters', { most });
      return issue.origin === 'array' ? expected('entries', { most }) : expected('atMost', { most });
    }
    default:
      return expected('another');
  }
};

const TYPES: Record<string, PlainExpected> = {
  string: 'text',
  number: 'number',
  int: 'wholeNumber',
  boolean: 'trueOrFalse',
  array: 'list',
  object: 'group',
};
