/** `npm run messages`: writes docs/messages.md and docs/troubleshooting.md. */
import { writeFile } from 'node:fs/promises';
import { troubleshootingPage } from '../troubleshooting.ts';
import { messagesPage } from './page.ts';

const docs = new URL('../../docs/', import.meta.url);
await writeFile(new URL('messages.md', docs), messagesPage());
await writeFile(new URL('troubleshooting.md', docs), troubleshootingPage());
