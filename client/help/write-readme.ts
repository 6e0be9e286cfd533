/** `node dev/start.js client/help/write-readme.ts`: writes the commands into README.md, between its markers. */
import { readFile, writeFile } from 'node:fs/promises';
import { commandTable, withCommandTable } from './command-table.ts';
import { usualProgram } from './usual-program.ts';

const file = new URL('../../README.md', import.meta.url);
await writeFile(file, withCommandTable(await readFile(file, 'utf8'), commandTable(usualProgram())));
