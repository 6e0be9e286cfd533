import { existsSync } from 'node:fs';
import pg from 'pg';
import { inject, expect, test } from 'vitest';
import { makeProjectFolder } from '../../dev/project-folder.ts';
import { Resources } from '../../dev/resources.ts';
import { beginStack, startStack, type StackParts } from '../../dev/stack.ts';
import { runServers } from '../setup/servers.ts';

/*
 * A stack on existing servers, as the tests use it. The tests of demo and `dev` cover stacks that start their
 * own.
 */

async function databases(): Promise<string[]> {
  const admin = new pg.Client({ connectionString: inject('postgresAdminUrl') });
  await admin.connect();
  const { rows } = await admin.query<{ name: string }>('select datname as name from pg_database order by 1');
  await admin.end();
  return rows.map(({ name }) => name);
}

const project = async ({ resources }: StackParts) => {
  const { folder } = await resources.start(makeProjectFolder(), ({ remove }) => remove());
  return { folder, env: {} };
};

test('two stacks on the same servers have separate databases, simulators and folders, and leave nothing behind', async () => {
  const before = await databases();
  const resources = new Resources();
  const options = { ...runServers(), simulators: { actito: {} }, project, worker: 'none' as const };
  const stacks = await Promise.all([startStack(resources, options), startStack(resources, options)]);
  for (const of of [
    stacks.map(({ stateUrl }) => stateUrl),
    stacks.map(({ simulators }) => simulators.get('actito')!.apiUrl),
    stacks.map(({ project: { folder } }) => folder),
  ])
    expect(new Set(of).size).toBe(2);
  expect(await databases()).toHaveLength(before.length + 2);

  await resources.end();
  expect(await databases()).toEqual(before);
  expect(stacks.filter(({ project: { folder } }) => existsSync(folder))).toEqual([]);
});

test('if a part cannot be started, the stack and every dependent part fail, and the started parts end', async () => {
  const before = await databases();
  const resources = new Resources();
  const failing = async () => Promise.reject(new Error('no such project'));
  const stack = beginStack(resources, {
    ...runServers(),
    project: failing,
    worker: 'here',
    bundle: 'none.js',
  });
  await expect(stack.ready).rejects.toThrow('no such project');
  await expect(stack.workers).rejects.toThrow('no such project');
  expect(await stack.stateUrl).toContain('/actito_sync_');
  await resources.end();
  expect(await databases()).toEqual(before);
});
