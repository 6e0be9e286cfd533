import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Client, ScheduleDescription } from '@temporalio/client';
import { stringify } from 'yaml';
import { cli, freshId, type Ended } from './support.ts';

/**
 * A project folder whose schedules are applied to the Temporal server of the test run; its name is that of
 * its folder, so it is unique.
 */
export interface ScheduledProject {
  folder: string;
  taskQueue: string;
  /** Writes an activation; returns its id, by default one that no other test has. */
  write(name: string, schedule?: object, id?: string): Promise<string>;
  remove(id: string): Promise<void>;
  /** `schedule apply` with these flags. */
  apply(...flags: string[]): Promise<Ended>;
  /** What the output of `schedule apply` says about an activation: the change, and the text in brackets. */
  said(out: string, id: string): string[] | undefined;
  describe(id: string): Promise<ScheduleDescription>;
  dispose: () => Promise<void>;
}

export interface ProjectOptions {
  /** Default: a queue without a worker; a start during the test would do nothing. */
  taskQueue?: string;
  env?: NodeJS.ProcessEnv;
}

/** An empty project: a source and a destination, no activations. */
export async function scheduledProject(
  client: Client,
  { taskQueue = freshId('nobody'), env }: ProjectOptions = {},
): Promise<ScheduledProject> {
  const folder = await mkdtemp(join(tmpdir(), 'actito-sync-schedules-'));
  const made = new Set<string>();
  const write = (file: string, content: unknown) =>
    writeFile(join(folder, `${file}.yaml`), stringify(content));
  for (const name of ['sources', 'destinations', 'activations']) await mkdir(join(folder, name));
  await write('sources/shop', { driver: 'postgres', connection: { env: 'X' } });
  await write('destinations/actito', DESTINATION);
  return {
    folder,
    taskQueue,
    write: async (name, schedule, id = freshId(name)) => {
      made.add(`activation/${id}`);
      await write(`activations/${id}`, {
        source: 'shop',
        destination: 'actito',
        segment: { name: id, table: 't' },
        schedule,
        matchingKey: { column: 'email', type: 'email', attribute: 'emailAddress' },
      });
      return id;
    },
    remove: (id) => rm(join(folder, `activations/${id}.yaml`)),
    apply: (...flags) =>
      cli(['schedule', 'apply', ...flags], { taskQueue, env: { ACTITO_SYNC_PROJECT: folder, ...env } }),
    said: (out, id) => new RegExp(`^activation/${id}: ([a-z ]+) \\((.*)\\)$`, 'm').exec(out)?.slice(1),
    describe: (id) => client.schedule.getHandle(`activation/${id}`).describe(),
    dispose: async () => {
      for (const id of made) await deleteIfThere(client, id);
      await rm(folder, { recursive: true });
    },
  };
}

/** Deletes a schedule, and succeeds if there is none. */
export async function deleteIfThere(client: Client, scheduleId: string): Promise<void> {
  await client.schedule
    .getHandle(scheduleId)
    .delete()
    .catch(() => undefined);
}

const DESTINATION = {
  environment: 'ENV-3',
  apiKey: { env: 'X' },
  entity: 'shop',
  profileTable: 'Profiles',
  delivery: {
    protocol: 'sftp',
    host: 'h',
    username: 'u',
    directory: '/in',
    password: { env: 'X' },
    hostKey: { env: 'X' },
  },
  contract: { listIdentifiers: 'uniqueAttribute' }, // without it, each apply warns
};
