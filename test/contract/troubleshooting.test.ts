import { readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { FAILURE_TYPES } from '../../contract/failure.ts';
import { troubleshootingPage } from '../../contract/troubleshooting.ts';

it('docs/troubleshooting.md is current; otherwise: npm run messages', async () => {
  const page = await readFile(new URL('../../docs/troubleshooting.md', import.meta.url), 'utf8');
  expect(page, 'run: npm run messages').toBe(troubleshootingPage());
});

it('docs/troubleshooting.md says once for each failure type whether it is retried, what it means and what to do', () => {
  const rows = troubleshootingPage().split('\n');
  for (const [type, { retryable }] of Object.entries(FAILURE_TYPES)) {
    const found = rows.filter((row) => row.startsWith(`| \`${type}\` |`));
    expect(found, type).toHaveLength(1);
    const [, , retried, meaning, fix] = found[0]!.split('|').map((part) => part.trim());
    expect(retried, type).toBe(retryable ? 'yes' : 'no');
    expect(meaning, type).toMatch(/\.$/);
    expect(fix, type).toMatch(/\.$/);
  }
});
