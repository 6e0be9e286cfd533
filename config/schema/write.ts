/** `npm run schema`: writes schemas/*.json, to which the YAML files of a project point their editors, and the tables of docs/configuration.md. */
import { readFile, writeFile } from 'node:fs/promises';
import { withSettings } from './configuration-page.ts';
import { jsonSchemas } from './json-schemas.ts';

for (const [name, schema] of Object.entries(jsonSchemas())) {
  const file = new URL(`../../schemas/${name}`, import.meta.url);
  await writeFile(file, `${JSON.stringify(schema, null, 2)}\n`);
}

const page = new URL('../../docs/configuration.md', import.meta.url);
await writeFile(page, withSettings(await readFile(page, 'utf8')));
