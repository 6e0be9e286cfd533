import { Failure, isFailure } from '../../contract/failure.ts';
import { codeOf, knownCode } from '../../contract/foreign.ts';
import type { DeliveryStep, SftpRefusal } from '../../contract/messages/delivery.ts';

/** Codes of ssh2-sftp-client and the SFTP protocol that no repetition will mend. */
const REFUSALS: Record<string, SftpRefusal> = {
  ERR_BAD_PATH: 'path',
  EACCES: 'permission',
  '3': 'permission',
};

/** Turns what ssh2 and ssh2-sftp-client throw into our vocabulary. */
export function deliveryFailure(step: DeliveryStep, server: string, error: unknown): unknown {
  if (isFailure(error) || !(error instanceof Error) || error.name === 'AbortError') return error;
  const code = `${(error as { code?: string | number }).code ?? ''}`;
  const level = (error as { level?: string }).level;
  const message = error.message;
  if (/host (key )?(denied|verification)/i.test(message)) return new Failure('hostKeyNotPinned', { server });
  if (level === 'client-authentication' || code === 'ERR_BAD_AUTH' || /authentication/i.test(message)) {
    return new Failure('sftpLoginRefused', { server });
  }
  if (/cannot parse privatekey/i.test(message)) return new Failure('privateKeyUnreadable', {});
  const why = REFUSALS[code] ?? (/permission denied/i.test(message) ? 'permission' : undefined);
  if (why !== undefined) return new Failure('sftpRefused', { server, step, why });
  return new Failure('fileServerBrokeOff', { server, step, answer: answerOf(error) }, { words: message });
}

/** Status codes of the protocol, https://datatracker.ietf.org/doc/html/draft-ietf-secsh-filexfer-02#section-7 */
const STATUS: Record<string, string> = {
  '2': 'no such file',
  '3': 'permission denied',
  '4': 'failure, without a reason',
  '5': 'a message that it does not understand',
  '6': 'no connection',
  '7': 'the connection was lost',
  '8': 'it does not support this',
};

/** ssh2 has words without a code for what happens to its connection. */
const SAID = [
  [/timed? ?out/i, 'no answer in time'],
  [/no matching/i, 'no algorithm in common'],
  [/closed|ended|lost|no response|not connected/i, 'the connection ended'],
] as const satisfies [RegExp, string][];

/** The code and what it means, or which of the words that we know it is: never the server's text. */
function answerOf(error: Error): string {
  const code = knownCode(error);
  if (code !== undefined && STATUS[code]) return `status ${code}: ${STATUS[code]}`;
  return SAID.find(([said]) => said.test(error.message))?.[1] ?? codeOf(error);
}
