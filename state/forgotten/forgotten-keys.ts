import type { Client, QueryResult } from 'pg';
import { withConnection, type State } from '../state.ts';
import { BEGIN_SNAPSHOT } from '../transactions.ts';
import { digestOf } from './digests.ts';

/**
 * The keys and identifiers of people who asked to be forgotten, known by their digests. A run reads its segment for
 * minutes, so this set grows while it is used.
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

  /** Digests, not people; 0: nobody asked to be forgotten. */
  get size(): number {
    return this.#digests.size;
  }

  /** Whether a text, spelt as keys are stored, is the key or the identifier of a forgotten person. */
  has(text: string): boolean {
    return this.#digests.has(digestOf(this.#pepper, text).toString('latin1'));
  }

  /**
   * Reads what was recorded since the last call, as the last statement of a query that begins a transaction. Digests are
   * recorded one person after the other (record.ts), so one with a smaller number cannot become visible later.
   * @param begin SQL before it: in one query with it, since a worker that compares is slow to hear of every answer
   * @returns whether there was anything to add
   */
  async readNew(client: Client, begin: string): Promise<boolean> {
    const sql = `select no, digest, pepper from forgotten_digests, forgotten_pepper where no > ${this.#latest} order by no`;
    // Of several statements pg gives an array of results.
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
