import { expect, test } from 'vitest';
import { isLasting } from '../../../activities/pause-schedule.ts';
import { FAILURE_TYPES } from '../../../contract/failure.ts';

test('what someone has to mend is told from what passes: each word of the vocabulary is one of the two', () => {
  const words = Object.keys(FAILURE_TYPES);
  expect(words.filter(isLasting)).toEqual([
    'InvalidActivation',
    'ConfigurationInvalid',
    'MappingInvalid',
    'SegmentQueryFailed',
    'GuardTripped',
    'AttributeConflict',
    'ListConflict',
    'ActitoRefused',
    'ActitoUnauthorized',
    'ImportFailed',
    'NobodyTargeted',
    'DeliveryRefused',
    'StateDamaged',
    'StateRefused',
  ]);
});

test.each(['TypeError', 'WorkerShutdown', 'toString', ''])(
  '%j is no word of ours, and not judged',
  (word) => {
    expect(isLasting(word)).toBe(false);
  },
);
