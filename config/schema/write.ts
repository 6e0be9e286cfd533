/** `npm run schema`: writes schemas/*.json, to which the YAML files of a project point their editors. */
import { writeFile } from 'node:fs/promises';
import { jsonSchemas } from './json-schemas.ts';

for (const [name, schema] of Object.entries(jsonSchemas())) {
  const file = new URL(`../../schemas/${name}`, import.meta.url);
  await writeFile(file, `${JSON.stringify(schema, null, 2)}\n`);
}
