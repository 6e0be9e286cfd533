import { Failure, isFailure } from '../../contract/failure.ts';
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
  return new Failure('fileServerBrokeOff', { server, step, answer: `${code || 'no code'}: ${message}` });
}
