import type { Knex } from 'knex';
import type { Profile } from '../../activation/comparison/asked-rows.ts';
import type { Comparison } from '../../activation/comparison/comparison.ts';
import { profilesTable } from '../names.ts';
import { rows, type State } from '../state.ts';
import type { DeltaWriter } from '../delta/writer.ts';
import type { Directory } from './directory.ts';

/**
 * Looks up keys in a directory.
 * @param keys in the spelling of members
 * @returns one answer per key, in their order
 */
async function lookUpProfiles(db: Knex, directory: string, keys: readonly string[]): Promise<Profile[]> {
  const found = await rows<{ key: string; id: string; several: boolean }>(
    db,
    `select key, min(profile_id) as id, count(*) > 1 as several
     from ${profilesTable(directory)} where key = any(cast(:keys as text[])) group by key`,
    { keys },
  );
  const byKey = new Map(found.map(({ key, id, several }) => [key, several ? ('several' as const) : { id }]));
  return keys.map((key) => byKey.get(key) ?? 'none');
}

/** The number of keys that are looked up with one query. */
const LOOKED_UP = 8192;

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
