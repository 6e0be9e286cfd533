import { basename } from 'node:path';
import type { Project } from '../config/project.ts';
import { createDatabase } from '../dev/databases.ts';
import type { Interrupt } from '../dev/interrupt.ts';
import { startPostgres } from '../dev/postgres.ts';
import type { Resources } from '../dev/resources.ts';
import { startTemporal, type TemporalServer } from '../dev/temporal.ts';
import { startSimulator, type Simulator } from '../simulator/start.ts';
import { SEARCH_ATTRIBUTES } from '../contract/names.ts';
import { seedContacts } from './contacts.ts';
import { API_KEY, PASSWORD, simulatorFor, writeRedirected } from './redirect.ts';
import { warehouses, type Warehouse } from './warehouses.ts';
import { startWorker } from './worker.ts';

/** What is to be run. */
export interface Wanted {
  /** Absolute. */
  folder: string;
  project: Project;
  /** A file with SQL for the warehouse that is made here. */
  seed?: string;
}

/** All that runs, to be told. */
export interface Stack {
  temporal: TemporalServer;
  stateUrl: string;
  warehouses: Warehouse[];
  /** By destination. */
  simulators: Map<string, Simulator>;
  /** The folder that worker and commands use: the project's, with destinations that lead to the simulators. */
  projectFolder: string;
  projectName: string;
}

/**
 * Starts everything, each part as soon as it can; `resources` ends it. Nothing is kept, since the simulators forget too:
 * a state that remembers lists which Actito does not have would only fail.
 * @throws Error of the part that could not be started
 */
export async function startStack(
  resources: Resources,
  { folder, project, seed }: Wanted,
  interrupt: Interrupt,
  say: (text: string) => void,
): Promise<Stack> {
  const searchAttributes = SEARCH_ATTRIBUTES.map(({ name }) => `${name}=Keyword`);
  const temporal = resources.start(
    startTemporal({ own: true, port: 7233, uiPort: 8233, log: say, searchAttributes }),
    (server) => server.stop(),
    { abandon: true },
  );
  temporal.catch(() => undefined); // whoever waits for it below tells
  say('Starting PostgreSQL …');
  const { adminUrl } = await resources.start(startPostgres(), (server) => server.stop());
  const stateUrl = await createDatabase(adminUrl, 'actito_sync');
  const made = await warehouses(project, { adminUrl, seed, env: process.env });

  say('Starting a simulator for each destination …');
  const simulators = new Map<string, Simulator>();
  for (const [id, destination] of project.destinations) {
    const starting = startSimulator(simulatorFor(id, destination, project));
    const simulator = await resources.start(starting, (started) => started.stop());
    simulators.set(id, simulator);
    say(await seedContacts(id, simulator, project, made));
  }
  const redirected = resources.start(writeRedirected(folder, project, simulators), ({ remove }) => remove());
  const { projectFolder, certificates } = await redirected;

  const server = await temporal;
  say('Starting the worker …');
  const projectName = basename(folder);
  const env = {
    ...Object.fromEntries(made.map(({ variable, url }) => [variable, url])),
    [API_KEY.name]: API_KEY.value,
    [PASSWORD.name]: PASSWORD.value,
    ...certificates,
    ACTITO_SYNC_DATABASE_URL: stateUrl,
    ACTITO_SYNC_PROJECT: projectFolder,
    ACTITO_SYNC_PROJECT_NAME: projectName,
    TEMPORAL_ADDRESS: server.address,
    NO_PROXY: '*', // the simulator is on this machine
    no_proxy: '*',
  };
  await resources.start(startWorker(env, { say, onEnd: (error) => interrupt.fail(error) }), (worker) =>
    worker.stop(),
  );
  return { temporal: server, stateUrl, warehouses: made, simulators, projectFolder, projectName };
}
