/** `npm run commands`: writes docs/commands.md, and the list of commands in README.md. */
import { readFile, writeFile } from 'node:fs/promises';
import { commandsPage, withCommandTable } from './commands-page.ts';

const root = new URL('../', import.meta.url);
await writeFile(new URL('docs/commands.md', root), await commandsPage());
const readme = new URL('README.md', root);
await writeFile(readme, await withCommandTable(await readFile(readme, 'utf8')));
