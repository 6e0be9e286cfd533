import type { Client } from 'pg';
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
      await client.query(BEGIN_SNAPSHOT);
      await keys.readNew(client);
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
   * Adds what was recorded since the last call. Digests are recorded one person after the other (record.ts), so one
   * with a smaller number cannot become visible later.
   * @returns whether there was anything to add
   */
  async readNew(client: Client): Promise<boolean> {
    const { rows } = await client.query<{ no: string; digest: Buffer; pepper: Buffer }>(
      'select no, digest, pepper from forgotten_digests, forgotten_pepper where no > $1 order by no',
      [this.#latest],
    );
    for (const { no, digest, pepper } of rows) {
      this.#digests.add(digest.toString('latin1'));
      this.#pepper = pepper;
      this.#latest = no;
    }
    return rows.length > 0;
  }
}
