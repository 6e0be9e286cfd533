import { Failure, isFailure } from '../../contract/failure.ts';

/** Codes of ssh2-sftp-client and the SFTP protocol that no repetition will mend. */
const REFUSALS: Record<string, string> = {
  ERR_HOST_KEY: "The server's host key is not the pinned one",
  ERR_BAD_AUTH: 'The server refuses the user name, password or key',
  ERR_BAD_PATH: 'The path is not usable',
  EACCES: 'Permission denied',
  '3': 'Permission denied',
};

/** Turns what ssh2 and ssh2-sftp-client throw into our vocabulary. `what` says what was tried, in words. */
export function deliveryFailure(what: string, server: string, error: unknown): unknown {
  if (isFailure(error) || !(error instanceof Error) || error.name === 'AbortError') return error;
  const code = `${(error as { code?: string | number }).code ?? ''}`;
  const level = (error as { level?: string }).level;
  const message = error.message;
  if (/host (key )?(denied|verification)/i.test(message)) {
    return new Failure(
      'DeliveryRefused',
      `${server} did not show the pinned host key (delivery.hostKey). If its key was changed on purpose, pin the new one; ` +
        'otherwise someone may stand between.',
    );
  }
  if (level === 'client-authentication' || /authentication/i.test(message)) {
    return new Failure(
      'DeliveryRefused',
      `${server} refuses the login. Check delivery.username and its password or key.`,
    );
  }
  if (/cannot parse privatekey/i.test(message)) {
    return new Failure(
      'DeliveryRefused',
      'The private key of delivery.privateKey cannot be read: the variable must hold the key itself (PEM or OpenSSH).',
    );
  }
  const refusal = REFUSALS[code];
  if (refusal !== undefined || /permission denied/i.test(message)) {
    return new Failure('DeliveryRefused', `${server}: ${what} failed. ${refusal ?? 'Permission denied'}.`);
  }
  return new Failure('DeliveryUnavailable', `${server}: ${what} failed (${code || 'no code'}: ${message}).`);
}
