import { rows, type State } from '../../state/state.ts';

/** The tables of our schema that contain a text, in any column and any case. */
export async function tablesWith(state: State, text: string): Promise<string[]> {
  const all = await rows<{ name: string }>(
    state,
    `select relname as name from pg_class where relnamespace = current_schema()::regnamespace and relkind = 'r'`,
  );
  const found: string[] = [];
  for (const { name } of all) {
    const sql = `select from ${name} as row where row::text ilike '%' || ? || '%' limit 1`;
    const has = await rows(state, sql, [text]).catch((error: { code?: string }) => {
      if (error.code !== '42P01') throw error; // dropped in the meantime
      return [];
    });
    if (has.length > 0) found.push(name);
  }
  return found.sort();
}
