import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { loadProject } from '../../config/project.ts';
import { cli, typing } from './support.ts';

let base: string;
let folder: string;
beforeEach(async () => {
  base = await mkdtemp(join(tmpdir(), 'actito-sync-init-'));
  folder = join(base, 'project');
});
afterEach(() => rm(base, { recursive: true }));

test('--activation adds to a project: usual answers, or asked on a terminal; the project stays valid', async () => {
  await cli(['init', folder, '--yes']);
  const added = await cli(['init', folder, '--activation', 'sleeping-customers']);
  expect(added).toEqual({
    code: 0,
    out:
      `Written: ${folder}/activations/sleeping-customers.yaml (source warehouse, destination actito)\n` +
      `Next: actito-sync validate ${folder}\n`,
    err: '',
  });
  const answers = ['Nappers', 'shop.nappers', 'phone', '', ''];
  const asked = await cli(['init', '--activation', 'nappers'], {
    in: typing(...answers),
    env: { ACTITO_SYNC_PROJECT: folder },
  });
  expect(asked).toMatchObject({ code: 0, err: '' });
  expect(asked.out).not.toContain('Which entity');
  const { activations, problems } = await loadProject(folder);
  expect(problems).toEqual([]);
  expect(activations.get('sleeping-customers')?.segment.name).toBe('sleeping customers');
  expect(activations.get('nappers')).toMatchObject({
    source: 'warehouse',
    destination: 'actito',
    segment: { name: 'Nappers', table: 'shop.nappers' },
    matchingKey: { type: 'phone', column: 'phone' },
  });

  const before = await readFile(join(folder, 'activations/nappers.yaml'), 'utf8');
  const again = await cli(['init', folder, '--activation', 'nappers', '--yes']);
  expect(again).toMatchObject({ code: 2, out: '' });
  expect(again.err).toMatch(/^InvalidActivation: .* already has an activation "nappers"/);
  expect(await readFile(join(folder, 'activations/nappers.yaml'), 'utf8')).toBe(before);
});
