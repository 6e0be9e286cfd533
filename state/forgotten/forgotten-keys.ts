import type { Client, QueryResult } from 'pg';
import { withConnection, type State } from '../state.ts';
import { BEGIN_SNAPSHOT } from '../transactions.ts';
import { digestOf } from './digests.ts';

/**
 * The digests of the keys and identifiers of people who asked to be forgotten. A run reads its segment for minutes, so
 * this set grows while it is used.
 */
export class ForgottenKeys {
  readonly #digests = new Set<string>();
  #pepper: Buffer = Buffer.alloc(0);
  #latest = '0';

  static async read(state: State): Promise<ForgottenKeys> {
    const keys = new ForgottenKeys();
    await withConnection(state, async (client) => {
      await keys.readNew(client, BEGIN_SNAPSHOT);
      await client.query('commit');
    });
    return keys;
  }

  /** The number of digests, not of people. 0 if nobody asked to be forgotten. */
  get size(): number {
    return this.#digests.size;
  }

  /** Whether a text, in the spelling of stored keys, is the key or the identifier of a forgotten person. */
  has(text: string): boolean {
    return this.#digests.has(digestOf(this.#pepper, text).toString('latin1'));
  }

  /**
   * Reads the digests that were recorded since the last call, as the last statement of a query that begins a
   * transaction. People are recorded one after the other (record.ts), so a digest with a smaller number cannot become
   * visible later.
   * @param begin SQL that precedes it in the same query, because a worker that compares reads each answer late
   * @returns whether there were new digests
   */
  async readNew(client: Client, begin: string): Promise<boolean> {
    const sql = `select no, digest, pepper from forgotten_digests, forgotten_pepper where no > ${this.#latest} order by no`;
    // For several statements, pg returns an array of results.
    const results = (await client.query(`${begin}; ${sql}`)) as unknown as QueryResult<Digest>[];
    const { rows } = results.at(-1)!;
    for (const { no, digest, pepper } of rows) {
      this.#digests.add(digest.toString('latin1'));
      this.#pepper = pepper;
      this.#latest = no;
    }
    return rows.length > 0;
  }
}

interface Digest {
  no: string;
  digest: Buffer;
  pepper: Buffer;
}
