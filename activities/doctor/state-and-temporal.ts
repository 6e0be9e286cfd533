import { activityInfo, Context } from '@temporalio/activity';
import { Failure } from '../../contract/failure.ts';
import { tell } from '../../contract/messages/tell.ts';
import { missingMigrations } from '../../state/migrate.ts';
import { rows, type State } from '../../state/state.ts';
import { lookAtSearchAttributes } from '../search-attributes.ts';
import { probe, type Probed } from './probe.ts';

/** Checks whether the state database responds and has the tables that this worker needs. */
export function probeState(state: State): Promise<Probed> {
  return probe({
    name: 'state database',
    advice: tell('adviseState', {}),
    look: async () => {
      const [server] = await rows<{ version: string }>(
        state,
        `select current_setting('server_version') as version`,
      );
      const missing = await missingMigrations(state);
      if (missing.length === 0) return { says: tell('stateReady', { version: server!.version }) };
      throw new Failure('stateOutdated', { missing });
    },
  });
}

/**
 * Checks whether the namespace has the search attributes that runs set. Without them, no run gets beyond its first
 * step.
 */
export function probeTemporal(searchAttributes: readonly string[]): Promise<Probed> {
  const { connection } = Context.current().client;
  const namespace = activityInfo().workflowNamespace!;
  const names = [...searchAttributes];
  return probe({
    name: 'Temporal',
    advice: tell('adviseTemporal', {}),
    look: async () => {
      const { missing } = await lookAtSearchAttributes(connection, namespace, names);
      if (missing.length === 0) return { says: tell('temporalReady', { namespace, names }) };
      throw new Failure('namespaceLacks', { namespace, missing });
    },
  });
}
