import type { Simulator } from '../simulator/start.ts';

/** The variables that examples/demo/destinations/actito.yaml asks for, as a file for `node --env-file`. */
export function environmentFile({ apiUrl, apiKey, sftp }: Simulator): string {
  return Object.entries({
    ACTITO_BASE_URL: apiUrl,
    ACTITO_API_KEY: apiKey,
    ACTITO_SFTP_HOST: sftp.host,
    ACTITO_SFTP_PORT: sftp.port,
    ACTITO_SFTP_USERNAME: sftp.username,
    ACTITO_SFTP_PASSWORD: sftp.password,
    ACTITO_SFTP_HOST_KEY: sftp.hostKey,
  })
    .map(([name, value]) => `${name}=${value}\n`)
    .join('');
}
