import type { Simulator } from './start.ts';

/**
 * Returns the environment variables with which actito-sync uses a simulator: those of
 * examples/demo/destinations/actito.yaml.
 */
export function environmentOf({ apiUrl, apiKey, sftp }: Simulator): Record<string, string> {
  return {
    ACTITO_BASE_URL: apiUrl,
    ACTITO_API_KEY: apiKey,
    ACTITO_SFTP_HOST: sftp.host,
    ACTITO_SFTP_PORT: String(sftp.port),
    ACTITO_SFTP_USERNAME: sftp.username,
    ACTITO_SFTP_PASSWORD: sftp.password,
    ACTITO_SFTP_HOST_KEY: sftp.hostKey,
  };
}
