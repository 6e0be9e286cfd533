import { basename } from 'node:path';
import type { Project } from '../../config/project.ts';
import type { Interrupt } from '../interrupt.ts';
import type { Resources } from '../resources.ts';
import { beginStack, type Stack } from '../stack.ts';
import { seedContacts } from './contacts.ts';
import { API_KEY, exportProfiles, PASSWORD, simulatorFor, writeRedirected } from './redirect.ts';
import { warehouses, type Warehouse } from './warehouses.ts';
import { logLines } from './worker-log.ts';

/** The project folder to run. */
export interface Wanted {
  /** An absolute path. */
  folder: string;
  project: Project;
  /** A file with SQL for the warehouse that this stack creates. */
  seed?: string;
}

/** The running stack of a project folder. */
export interface ProjectStack extends Stack {
  warehouses: Warehouse[];
  /** The sources of the project, also those whose warehouse is read as it is configured. */
  sources: Project['sources'];
  projectName: string;
}

/**
 * Starts everything that a project folder needs; `resources` stops it. The destinations point to simulators. No data is
 * kept: the simulators lose theirs, and a state with lists that Actito does not have would only cause failures.
 * @throws Error of the part that failed to start
 */
export async function startProjectStack(
  resources: Resources,
  { folder, project, seed }: Wanted,
  interrupt: Interrupt,
  say: (text: string) => void,
): Promise<ProjectStack> {
  const projectName = basename(folder);
  const destinations = [...project.destinations];
  let made: Warehouse[] = [];
  say('Starting PostgreSQL, Temporal, and a simulator for each destination …');
  const stack = beginStack(resources, {
    temporal: { own: true, port: 7233, uiPort: 8233, log: say },
    simulators: Object.fromEntries(
      destinations.map(([id, destination]) => [id, simulatorFor(id, destination, project)]),
    ),
    project: async ({ simulators, database }) => {
      made = await warehouses(project, { database, seed, env: process.env });
      for (const [id, simulator] of simulators) {
        say(await seedContacts(id, simulator, project, made));
        await exportProfiles(simulator);
      }
      const redirecting = writeRedirected(folder, project, simulators);
      const { projectFolder, certificates } = await resources.start(redirecting, ({ remove }) => remove());
      const variables = Object.fromEntries(made.map(({ variable, url }) => [variable, url]));
      const secrets = { [API_KEY.name]: API_KEY.value, [PASSWORD.name]: PASSWORD.value };
      return { folder: projectFolder, env: { ...variables, ...secrets, ...certificates } };
    },
    worker: { from: 'sources', onOutput: logLines((line) => say(`worker: ${line}`)) },
    env: {
      ACTITO_SYNC_PROJECT_NAME: projectName,
      LOG_LEVEL: 'warn',
      ...withoutProxy(process.env),
    },
    onWorkerEnd: (error) => interrupt.fail(error),
  });
  return { ...(await stack.ready), warehouses: made, sources: project.sources, projectName };
}

/**
 * Returns the variables of the hosts without a proxy: the simulators, which are on this machine, and those of `env`. A
 * warehouse may be behind the proxy.
 */
export function withoutProxy({ no_proxy, NO_PROXY }: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const given = no_proxy ?? NO_PROXY;
  const hosts = ['127.0.0.1', 'localhost', ...(given ? [given] : [])].join(',');
  return { NO_PROXY: hosts, no_proxy: hosts };
}
