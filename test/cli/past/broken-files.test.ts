import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import type { ActivationStatus } from '../../../cli/commands/status-report.ts';
import { pastForTests, row, statusOf } from './support.ts';

const past = pastForTests();
const file = (name: string) => join(past.stand.projectFolder, name);
afterEach(async () => {
  for (const name of ['activations/odd.yaml', 'project.yaml']) await rm(file(name), { force: true });
});

test('status shows a broken activation beside the others, with what is wrong', async () => {
  await past.ask(['run', 'vip']);
  await writeFile(file('activations/odd.yaml'), 'nonsense: true\n');
  const { code, out } = await past.ask(['status']);
  expect(code).toBe(0);
  expect(row(out, 'vip')).toContain('succeeded');
  expect(row(out, 'odd')).toEqual(['odd', '–', 'never ran', '–', '–', 'never delivered', 'manual', '–']);
  expect(out).toMatch(
    /^! odd: cannot run, so its list is not renewed: .*activations\/odd\.yaml:1 nonsense: unknown setting/m,
  );
  expect((await statusOf(past, 'odd')).imports).toBeNull();
});

test('an activation that ran and is broken now still shows its list and its last run', async () => {
  await past.ask(['run', 'vip']);
  await writeFile(file('activations/vip.yaml'), 'nonsense: true\n');
  const [status] = (await past.json<{ activations: ActivationStatus[] }>(['status'])).activations;
  expect(status).toMatchObject({
    activation: 'vip',
    lastRun: { outcome: 'succeeded' },
    list: { members: 0 },
  });
  expect((await past.ask(['run', 'vip'])).err).toContain('Activation vip cannot run because of');
  expect((await past.ask(['cancel', 'vip'])).code).toBe(0);
});

test('status shows problems that concern no activation separately', async () => {
  await writeFile(file('project.yaml'), 'retention: soon\n');
  const { code, err, out } = await past.ask(['status']);
  expect(code).toBe(0);
  expect(err).toMatch(/^The project folder has problems: project\.yaml:1 retention: expected/);
  expect(row(out, 'vip')).toContain('never ran');
});
