import { expect, test } from 'vitest';
import { requestSchema } from '../../contract/request.ts';

test.each([
  { what: {}, says: 'a text: a rebase says why' },
  {
    what: { reason: 'x', resync: true },
    says: 'false with resync: the one sends nothing, the other everything',
  },
  {
    what: { reason: 'x', dryRun: true },
    says: 'false with dryRun or plan: they are about what would be sent',
  },
  { what: { reason: 'x', plan: '0123456789ab' }, says: 'false with dryRun or plan' },
])('a rebase with $what is refused', ({ what, says }) => {
  const parsed = requestSchema.safeParse({ activation: 'vip', rebase: true, ...what });
  expect(parsed.error?.issues.map(({ message }) => message).join()).toContain(says);
});
