/** Part of `npm run schema`: writes schemas/output/*.json, the shapes of `--json` output. */
import { mkdir, writeFile } from 'node:fs/promises';
import { answerSchemas } from './answers.ts';

const folder = new URL('../../schemas/output/', import.meta.url);
await mkdir(folder, { recursive: true });
for (const [name, schema] of Object.entries(answerSchemas())) {
  await writeFile(new URL(name, folder), `${JSON.stringify(schema, null, 2)}\n`);
}
