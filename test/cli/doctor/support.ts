import { afterAll, beforeAll, beforeEach } from 'vitest';
import type { DoctorResult } from '../../../contract/doctor.ts';
import type { Probe } from '../../../contract/probes.ts';
import { resetStand, startStand, type Stand } from '../../support/stand.ts';
import { hostWorker, type Hosted } from '../../support/temporal-run.ts';
import { cli, type CliOptions, type Ended } from '../support.ts';

export let stand: Stand;
/** The output when nothing is wrong. */
export let usualEnv: NodeJS.ProcessEnv;
let hosted: Hosted;

/** A stand, a worker and a whole project in which all is well, before each test of the file. */
export function withDoctor(): void {
  beforeAll(async () => {
    stand = await startStand();
    usualEnv = { ...stand.env };
    hosted = await hostWorker(stand);
  });
  afterAll(async () => {
    await hosted?.close();
    await stand?.dispose();
  });
  beforeEach(async () => {
    await resetStand(stand);
    Object.assign(stand.env, usualEnv);
    await Promise.all([stand.writeSource(), stand.writeDestination(), stand.writeActivation()]);
  });
}

export const doctor = (args: string[] = [], options: CliOptions = {}) =>
  cli(['doctor', ...args], {
    taskQueue: hosted.taskQueue,
    env: { ACTITO_SYNC_PROJECT: stand.projectFolder },
    ...options,
  });

export async function probes(args: string[] = []): Promise<{ ended: Ended; probes: Probe[] }> {
  const ended = await doctor([...args, '--json']);
  return { ended, probes: (JSON.parse(ended.out) as DoctorResult).probes };
}

/** The probes of the whole project, in their order. */
export const ALL = [
  'project folder',
  'state database',
  'Temporal',
  'clock of the state database',
  'source shop',
  'Actito key of actito',
  'profile table of actito',
  'lists of actito',
  'file server of actito',
  'clock of Actito (actito)',
  'segment of vip',
  'matching key of vip',
  'attributes of vip',
];
