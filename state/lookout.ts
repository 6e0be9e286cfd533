import { PostgresClient } from '../postgres/client.ts';
import type { DatabaseTarget } from '../postgres/url.ts';
import { newSessionName, separate } from './session-names.ts';

/** What the server reports about one of our sessions. */
export interface Sighting {
  /** It executes a statement, or waits for a lock. Otherwise it waits for us, or there is no such session. */
  works: boolean;
  /** The sessions that it waits for, by application name. */
  holders: string[];
}

/**
 * Finds sessions by name and not by process id, because a pooler can use another session for each transaction. A pooler
 * keeps the name on sessions that it used for us before; those are idle.
 */
const LOOK = `
  select application_name as name, coalesce(state = 'active' and wait_event_type is distinct from 'Client', false) as works,
         case when wait_event_type = 'Lock' then (
           select array_agg(distinct coalesce(holder.application_name, ''))
           from pg_stat_activity holder where holder.pid = any(pg_blocking_pids(waiting.pid))) end as holders
  from pg_stat_activity waiting
  where split_part(application_name, ' run ', 1) = any($1)`;

/** Makes a client whose session has this name, whatever the URL says. */
export function sessionAt(target: DatabaseTarget, name: string, timeout: number): PostgresClient {
  return new PostgresClient({
    target: Object.assign({}, target, { applicationName: name }),
    connectTimeout: timeout,
  });
}

/**
 * Asks the server over a separate connection what some of our sessions are doing, because a silent session may have
 * lost only its connection.
 * @param names the names of the sessions; see session-names.ts
 * @param timeout milliseconds for connecting, and again for the answer
 * @returns the sessions by name. A missing one does not exist. undefined: names do not reach the server, as behind some
 *   poolers
 * @throws any error of pg if the server does not respond
 */
export async function lookAt(
  target: DatabaseTarget,
  names: string[],
  timeout: number,
): Promise<Map<string, Sighting> | undefined> {
  const own = newSessionName();
  const client = sessionAt(target, own, timeout);
  client.on('error', () => undefined); // the running call fails with it
  try {
    await client.connect();
    const { rows } = await client.within(
      timeout,
      client.query<{ name: string; works: boolean; holders: string[] | null }>(LOOK, [[own, ...names]]),
    );
    const found = new Map<string, Sighting>();
    for (const { name, works, holders } of rows) {
      const { session } = separate(name);
      const before = found.get(session);
      found.set(session, {
        works: works || before?.works === true,
        holders: [...(before?.holders ?? []), ...(holders ?? [])],
      });
    }
    // This session is active itself. If the server does not show that (track_activities = off), nothing is known about
    // the others.
    return found.get(own)?.works ? found : undefined;
  } finally {
    client.connection.stream.destroy(); // a regular end would wait for a server that may not respond
  }
}
