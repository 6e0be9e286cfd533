import { CATALOGUE } from './catalogue.ts';
import { EXPECTED } from './expected.ts';
import { inWords } from './tell.ts';
import type { FailureMessage, Message } from './message.ts';

const HEAD = `# Messages

All messages of actito-sync, with example facts. \`npm run messages\` generates this page from the catalog in
\`contract/messages/\`. The failure type follows the name of a failure. In JSON, every message also has its \`reason\`,
\`facts\` and \`next\`.
`;
const EXPECTED_HEAD = `## What a setting must be

What a setting in the project folder, an option or a field of a workflow's input must be. Each text follows "expected".`;

/** The catalog as a Markdown page with every variant of each message. */
export function messagesPage(): string {
  const parts = Object.entries(CATALOGUE).flatMap(([part, messages]) => [`## ${part}`, ...entries(messages)]);
  return `${[HEAD.trim(), ...parts, EXPECTED_HEAD, ...entries(EXPECTED)].join('\n\n')}\n`;
}

function entries(messages: object): string[] {
  return Object.entries(messages as Record<string, Message<object>>).map(([reason, entry]) => {
    const { type } = entry as Partial<FailureMessage<object>>;
    const examples = entry.examples.map((facts) => quoted(inWords(entry, facts)));
    return [`### ${reason}${type === undefined ? '' : ` · ${type}`}`, ...examples].join('\n\n');
  });
}

function quoted(text: string): string {
  return ['```text', text, '```'].join('\n');
}
