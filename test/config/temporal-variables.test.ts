import { describe, expect, it } from 'vitest';
import { temporalSettings, temporalVariables } from '../../config/temporal-variables.ts';

describe('variables for Temporal', () => {
  it('lose the line break at their end; other variables stay unchanged', () => {
    const env = {
      TEMPORAL_ADDRESS: 'localhost:7233\n',
      TEMPORAL_API_KEY: 'k\r\n',
      OTHER: 'a\nb\n',
      NONE: undefined,
    };
    expect(temporalVariables(env)).toEqual({
      TEMPORAL_ADDRESS: 'localhost:7233',
      TEMPORAL_API_KEY: 'k',
      OTHER: 'a\nb\n',
      NONE: undefined,
    });
  });

  it('are rejected with our own message if they name an unknown profile', () => {
    expect(() => temporalSettings({ TEMPORAL_PROFILE: 'nope' })).toThrow(
      'The settings for the connection to Temporal are not valid',
    );
  });

  it('contain no control character, except in the lines of a certificate', () => {
    const key = () => temporalVariables({ TEMPORAL_API_KEY: 'hunter2\nhunter3' });
    expect(key).toThrow(
      'The value of the environment variable TEMPORAL_API_KEY (for the connection to Temporal) is not valid: it contains a control character, such as a line break.',
    );
    expect(key).not.toThrow(/hunter/);
    const pem = { TEMPORAL_TLS_CLIENT_KEY_DATA: '-----BEGIN KEY-----\nabc\n-----END KEY-----' };
    expect(temporalVariables(pem)).toEqual(pem);
  });
});
