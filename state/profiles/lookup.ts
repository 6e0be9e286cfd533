import type { Knex } from 'knex';
import type { Profile } from '../../activation/comparison/asked-rows.ts';
import type { Comparison } from '../../activation/comparison/comparison.ts';
import { profilesTable } from '../names.ts';
import { rows, type State } from '../state.ts';
import type { DeltaWriter } from '../delta/writer.ts';
import type { Directory } from './directory.ts';

/**
 * Looks up keys in a directory. One look into the index for each key, which the planner cannot replace by reading all
 * profiles: without fresh statistics of visible pages it would, for every few thousand keys.
 * @param keys in the spelling of members
 * @returns one answer per key, in their order
 */
async function lookUpProfiles(db: Knex, directory: string, keys: readonly string[]): Promise<Profile[]> {
  const found = await rows<{ place: number; id: string }>(
    db,
    `select cast(place as integer) as place, id
     from unnest(cast(:keys as text[])) with ordinality as asked (wanted, place)
     cross join lateral (select profile_id as id from ${profilesTable(directory)} where key = wanted limit 2) as known`,
    { keys },
  );
  const profiles = new Array<Profile>(keys.length).fill('none');
  for (const { place, id } of found)
    profiles[place - 1] = profiles[place - 1] === 'none' ? { id } : 'several';
  return profiles;
}

/** The number of keys that are looked up with one query. What a larger one returns outlives V8's young generation. */
const LOOKED_UP = 2048;

/** Answers the questions of a comparison from a directory, and writes what follows to the delta. */
export class DirectoryAnswers {
  readonly #state: State;
  readonly #comparison: Comparison;
  readonly #writer: DeltaWriter;
  readonly #directory: Pick<Directory, 'id'> | undefined;

  /** @param directory undefined if the list needs none; then there are no questions */
  constructor(
    state: State,
    comparison: Comparison,
    writer: DeltaWriter,
    directory: Pick<Directory, 'id'> | undefined,
  ) {
    this.#state = state;
    this.#comparison = comparison;
    this.#writer = writer;
    this.#directory = directory;
  }

  /** Answers the questions if there are many. */
  async answerMany(): Promise<void> {
    if (this.#comparison.hasManyQuestions) await this.answerAll();
  }

  async answerAll(): Promise<void> {
    const { questions } = this.#comparison;
    if (questions.length === 0) return;
    const profiles: Profile[] = [];
    for (let from = 0; from < questions.length; from += LOOKED_UP) {
      const keys = questions.slice(from, from + LOOKED_UP);
      profiles.push(...(await lookUpProfiles(this.#state, this.#directory!.id, keys)));
    }
    await this.#writer.write(this.#comparison.answer(profiles));
  }
}
