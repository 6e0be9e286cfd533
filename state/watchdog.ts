import type { Socket } from 'node:net';
import type { Client } from 'pg';
import { connectionError } from '../postgres/negotiation.ts';
import type { DatabaseTarget } from '../postgres/url.ts';
import { lookAt, type Sighting } from './lookout.ts';

/** In milliseconds. */
export interface Watch {
  /** How often connections are checked. */
  every: number;
  /** How long a connection may be silent before the server is asked about it. */
  quiet: number;
  /** The timeout for connecting, and for the answer about other sessions. */
  timeout: number;
}
export const WATCH: Watch = { every: 5_000, quiet: 10_000, timeout: 10_000 };

/** So many bad answers in a row end a connection. A single one may be outdated when it arrives. */
const MOST_MISSES = 3;

/** Private fields of pg that are stable: whether a query is running, and the socket. */
type Watched = Client & { readyForQuery?: boolean };

interface Vigil {
  client: Watched;
  name: string;
  /** The number of bytes in both directions. */
  moved: number;
  quietSince: number;
  misses: number;
  /** Who holds the lock that it waited for at the last check. */
  holders: string[];
}

/**
 * Watches connections with a running query. TCP keep-alive notices only a machine that is gone. A proxy or a pooler in
 * between may continue to run and forward nothing. So if no byte has come or gone for a while, the server is asked over
 * another connection. A working statement may take its time. If the session is idle or gone, or the server does not
 * respond there either, the connection is ended, and its query fails as after a lost connection.
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

  /** Returns who holds the lock that the query of a connection waits for, or waited for last. */
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
      // A server that refuses one more connection is running, but nothing is known about the other sessions.
      if ((error as { severity?: string }).severity === undefined)
        for (const vigil of quiet) this.#judge(vigil, undefined);
    } finally {
      this.#isLooking = false;
    }
  }

  /** A query is running, nothing has come or gone for long, and nothing waits for us to read it. */
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
    if (!this.#isQuiet(vigil)) return; // its answer has arrived meanwhile
    vigil.holders = sighting?.holders ?? [];
    vigil.misses = sighting?.works ? 0 : vigil.misses + 1;
    if (vigil.misses < MOST_MISSES) return;
    vigil.client.connection.stream.destroy(connectionError('ERR_POSTGRES_NO_ANSWER'));
  }
}
