import { CATALOGUE } from './catalogue.ts';
import { inWords } from './tell.ts';
import type { FailureMessage, Message } from './message.ts';

const HEAD = `# Messages

Everything that actito-sync tells people of runs, in the words in which it does so: made from the catalogue in
\`contract/messages/\` by \`npm run messages\`, with made-up facts. A failure's type stands behind its name; in JSON, every
message also has its \`reason\`, \`facts\` and \`next\`.
`;

/** The catalogue as a page of Markdown, every way in which each message reads. */
export function messagesPage(): string {
  const parts = Object.entries(CATALOGUE).map(([part, messages]) => {
    const entries = Object.entries(messages as Record<string, Message<object>>).map(([reason, entry]) => {
      const { type } = entry as Partial<FailureMessage<object>>;
      const examples = entry.examples.map((facts) => quoted(inWords(entry, facts)));
      return [`### ${reason}${type === undefined ? '' : ` · ${type}`}`, ...examples].join('\n\n');
    });
    return [`## ${part}`, ...entries].join('\n\n');
  });
  return `${[HEAD.trim(), ...parts].join('\n\n')}\n`;
}

function quoted(text: string): string {
  return ['```text', text, '```'].join('\n');
}
