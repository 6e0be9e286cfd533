import { activityInfo, Context } from '@temporalio/activity';
import type { Connection } from '@temporalio/client';
import { Failure } from '../../contract/failure.ts';
import { missingMigrations } from '../../state/migrate.ts';
import { rows, type State } from '../../state/state.ts';
import { probe, type Probed } from './probe.ts';

/** Is our own database there, with the tables that this worker knows? */
export function probeState(state: State): Promise<Probed> {
  return probe({
    name: 'state database',
    advice: 'Check ACTITO_SYNC_DATABASE_URL where the worker runs, and that PostgreSQL lets it in.',
    look: async () => {
      const [server] = await rows<{ version: string }>(
        state,
        `select current_setting('server_version') as version`,
      );
      const missing = await missingMigrations(state);
      if (missing.length === 0) return { detail: `PostgreSQL ${server!.version}, its schema is up to date` };
      const names = missing.join(', ');
      throw new Failure(
        'StateRefused',
        `Its schema lacks ${names}: start the worker again, which brings it up to date.`,
      );
    },
  });
}

/** Does the namespace know the search attributes that runs set? Without them no run gets beyond its first step. */
export function probeTemporal(searchAttributes: readonly string[]): Promise<Probed> {
  const { connection } = Context.current().client;
  const namespace = activityInfo().workflowNamespace!;
  const flags = searchAttributes.map((name) => `--name ${name} --type Keyword`).join(' ');
  return probe({
    name: 'Temporal',
    advice: `Start the worker again, which registers them, or: temporal operator search-attribute create --namespace ${namespace} ${flags}`,
    look: async () => {
      const { operatorService } = connection as Connection;
      const { customAttributes } = await operatorService.listSearchAttributes({ namespace });
      const missing = searchAttributes.filter((name) => !customAttributes?.[name]);
      const names = searchAttributes.join(', ');
      if (missing.length === 0)
        return { detail: `namespace ${namespace}, with the search attributes ${names}` };
      throw new Failure(
        'ConfigurationInvalid',
        `Namespace ${namespace} lacks the search attributes ${missing.join(', ')}.`,
      );
    },
  });
}
