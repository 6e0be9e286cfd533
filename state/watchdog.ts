import type { Socket } from 'node:net';
import type { Client } from 'pg';
import { connectionError } from '../postgres/negotiation.ts';
import type { DatabaseTarget } from '../postgres/url.ts';
import { lookAt, type Sighting } from './lookout.ts';

/** In milliseconds. */
export interface Watch {
  /** How often connections are looked at. */
  every: number;
  /** How long one may be silent before the server is asked about it. */
  quiet: number;
  /** For a connection to be made, and for the answer about others. */
  timeout: number;
}
export const WATCH: Watch = { every: 5_000, quiet: 10_000, timeout: 10_000 };

/** So many bad answers in a row end a connection; one alone may be of the moment in which ours arrived. */
const MOST_MISSES = 3;

/** What is private to pg, and stays so long in it: whether a query is under way, and its socket. */
type Watched = Client & { readyForQuery?: boolean };

interface Vigil {
  client: Watched;
  name: string;
  /** Bytes that went either way. */
  moved: number;
  quietSince: number;
  misses: number;
  /** Who holds the lock that it was last seen to wait for. */
  holders: string[];
}

/**
 * Watches connections on which a query is under way. TCP's keep-alive notices a machine that is gone, and nothing else: a proxy
 * or a pooler between may live on and forward nothing. So when no byte has come or gone for a while, the server is asked by
 * another connection. A statement that is at work may take its time; a connection whose session is idle or gone, or whose
 * server does not answer there either, is ended, and its query fails as after a lost connection.
 */
export class Watchdog {
  readonly #target: DatabaseTarget;
  readonly #watch: Watch;
  readonly #vigils = new Map<Client, Vigil>();
  #timer: NodeJS.Timeout | undefined;
  #isLooking = false;

  constructor(target: DatabaseTarget, watch: Watch) {
    this.#target = target;
    this.#watch = watch;
  }

  /** Watches a connection until it ends. */
  guard(client: Client, name: string): void {
    const vigil = { client, name, moved: 0, quietSince: performance.now(), misses: 0, holders: [] };
    this.#vigils.set(client, vigil);
    client.once('end', () => {
      this.#vigils.delete(client);
      if (this.#vigils.size > 0) return;
      clearInterval(this.#timer);
      this.#timer = undefined;
    });
    this.#timer ??= setInterval(() => void this.#round(), this.#watch.every).unref();
  }

  /** Who holds the lock that the query of a connection waits for, or waited for last. */
  holdersOf(client: Client): string[] {
    return this.#vigils.get(client)?.holders ?? [];
  }

  async #round(): Promise<void> {
    const quiet = [...this.#vigils.values()].filter((vigil) => this.#isQuiet(vigil));
    if (quiet.length === 0 || this.#isLooking) return;
    this.#isLooking = true;
    try {
      const seen = await lookAt(
        this.#target,
        quiet.map(({ name }) => name),
        this.#watch.timeout,
      );
      if (seen) for (const vigil of quiet) this.#judge(vigil, seen.get(vigil.name));
    } catch (error) {
      // A server that refuses one more connection lives: nothing is known of the others then.
      if ((error as { severity?: string }).severity === undefined)
        for (const vigil of quiet) this.#judge(vigil, undefined);
    } finally {
      this.#isLooking = false;
    }
  }

  /** A query is under way, and nothing has come or gone for long, nor waits for us to read it. */
  #isQuiet(vigil: Vigil): boolean {
    const { readyForQuery, connection } = vigil.client;
    const stream = connection.stream as Socket;
    const moved = stream.bytesRead + stream.bytesWritten - stream.writableLength;
    const now = performance.now();
    if (readyForQuery || moved !== vigil.moved || stream.readableLength > 0)
      Object.assign(vigil, { moved, quietSince: now, misses: 0, holders: [] });
    return now - vigil.quietSince >= this.#watch.quiet;
  }

  #judge(vigil: Vigil, sighting: Sighting | undefined): void {
    if (!this.#isQuiet(vigil)) return; // its answer came meanwhile
    vigil.holders = sighting?.holders ?? [];
    vigil.misses = sighting?.works ? 0 : vigil.misses + 1;
    if (vigil.misses < MOST_MISSES) return;
    vigil.client.connection.stream.destroy(connectionError('ERR_POSTGRES_NO_ANSWER'));
  }
}
