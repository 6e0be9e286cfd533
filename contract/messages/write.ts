/** `npm run messages`: writes docs/messages.md. */
import { writeFile } from 'node:fs/promises';
import { messagesPage } from './page.ts';

await writeFile(new URL('../../docs/messages.md', import.meta.url), messagesPage());
