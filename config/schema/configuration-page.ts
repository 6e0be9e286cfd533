import { jsonSchemas } from './json-schemas.ts';
import { settingsTable } from './settings-table.ts';

/** Before a table: `<!-- settings: activation -->`; after it: `<!-- /settings -->`. */
const TABLE = /(<!-- settings: (\w+) -->\n)[^]*?(<!-- \/settings -->)/g;

/**
 * Returns the page docs/configuration.md with current tables of all settings. The text between the tables is written
 * manually.
 * @throws Error if a file's table has no place in the page
 */
export function withSettings(page: string): string {
  const schemas = jsonSchemas();
  const kinds = Object.keys(schemas).map((name) => name.split('.')[0]!);
  const found = [...page.matchAll(TABLE)].map(([, , kind]) => kind);
  for (const kind of kinds) {
    if (found.filter((each) => each === kind).length !== 1)
      throw new Error(
        `docs/configuration.md must hold <!-- settings: ${kind} --> and <!-- /settings --> once.`,
      );
  }
  return page.replace(TABLE, (_, begin: string, kind: string, end: string) => {
    return `${begin}${settingsTable(schemas[`${kind}.schema.json`]!)}\n${end}`;
  });
}
