import type { Client } from '@temporalio/client';
import ms from 'ms';
import type { Schedule } from '../../activation/definition/activation.ts';
import { projectFolder } from '../../config/folder-setting.ts';
import { loadProject } from '../../config/project.ts';
import { applySchedules, schedulesWithoutActivation } from '../activation-client.ts';
import { EXIT } from '../exit-codes.ts';
import type { Surroundings } from './surroundings.ts';

/** `schedule apply`: a line for each schedule. @returns the exit code @throws Failure ConfigurationInvalid */
export async function applyProjectSchedules(client: Client, surroundings: Surroundings): Promise<number> {
  const { env, out, err, taskQueue } = surroundings;
  const line = (text: string) => out.write(`${text}\n`);
  const project = await loadProject(projectFolder(env));
  for (const warning of project.warnings) err.write(`Warning: ${warning}\n`);
  const activations = [...project.activations.values()];

  let count = 0;
  for await (const applied of applySchedules(client, activations, { taskQueue })) {
    const { scheduleId, schedule, change, paused, next } = applied;
    const when = paused ? 'paused' : next ? `next start ${next.toISOString()}` : 'no start ahead';
    line(`${scheduleId}: ${change} (${times(schedule)}; ${when})`);
    count++;
  }
  if (count === 0) line('No activation of the project has a schedule.');
  for await (const scheduleId of schedulesWithoutActivation(client, activations)) {
    line(
      `${scheduleId}: left alone, but this project has no such activation with a schedule. If it is not ` +
        `another project's, delete it: temporal schedule delete --schedule-id ${scheduleId}`,
    );
  }
  return EXIT.ok;
}

function times({ cron, timezone, every }: Schedule): string {
  return every === undefined ? `${cron}, ${timezone ?? 'UTC'}` : `every ${ms(every, { long: true })}`;
}
