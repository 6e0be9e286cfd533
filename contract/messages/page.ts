import { CATALOGUE } from './catalogue.ts';
import { EXPECTED } from './expected.ts';
import { inWords } from './tell.ts';
import type { FailureMessage, Message } from './message.ts';

const HEAD = `# Messages

Everything that actito-sync tells people of runs, in the words in which it does so: made from the catalogue in
\`contract/messages/\` by \`npm run messages\`, with made-up facts. A failure's type stands behind its name; in JSON, every
message also has its \`reason\`, \`facts\` and \`next\`.
`;
const EXPECTED_HEAD = `## What a setting must be

A setting of the project folder, the value of an option, a field of a workflow's argument: each continues "expected …".`;

/** The catalogue as a page of Markdown, every way in which each message reads. */
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
