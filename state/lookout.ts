import { PostgresClient } from '../postgres/client.ts';
import type { DatabaseTarget } from '../postgres/url.ts';
import { newSessionName, separate } from './session-names.ts';

/** What the server says of a session of ours. */
export interface Sighting {
  /** It works on a statement, or waits for a lock. Otherwise it waits for us, or there is no such session. */
  works: boolean;
  /** The sessions that it waits for, by their application's name. */
  holders: string[];
}

/**
 * By name and not by process id: before a pooler stands another session for each transaction. A pooler leaves the name at
 * sessions that it has used for us before; those are idle.
 */
const LOOK = `
  select application_name as name, coalesce(state = 'active' and wait_event_type is distinct from 'Client', false) as works,
         case when wait_event_type = 'Lock' then (
           select array_agg(distinct coalesce(holder.application_name, ''))
           from pg_stat_activity holder where holder.pid = any(pg_blocking_pids(waiting.pid))) end as holders
  from pg_stat_activity waiting
  where split_part(application_name, ' run ', 1) = any($1)`;

/** A client whose session has this name, whatever the URL says: it is found by it. */
export function sessionAt(target: DatabaseTarget, name: string, timeout: number): PostgresClient {
  return new PostgresClient({
    target: Object.assign({}, target, { applicationName: name }),
    connectTimeout: timeout,
  });
}

/**
 * Asks the server what it is doing for some of our sessions, by a connection of its own: what is silent may have lost only
 * its own connection.
 * @param names of the sessions; see session-names.ts
 * @param timeout milliseconds to connect, and again to be answered
 * @returns by name; one that is not among them does not exist. undefined: names do not reach the server, as behind some poolers
 * @throws whatever pg throws when the server does not answer
 */
export async function lookAt(
  target: DatabaseTarget,
  names: string[],
  timeout: number,
): Promise<Map<string, Sighting> | undefined> {
  const own = newSessionName();
  const client = sessionAt(target, own, timeout);
  client.on('error', () => undefined); // the call under way fails with it
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
    // It is at work itself right now: where that cannot be seen (track_activities = off), nothing can be told of the others.
    return found.get(own)?.works ? found : undefined;
  } finally {
    client.connection.stream.destroy(); // a goodbye would wait for a server that may not answer
  }
}
