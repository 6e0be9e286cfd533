import { describe, expect, it } from 'vitest';
import { temporalSettings, temporalVariables } from '../../config/temporal-variables.ts';

describe('variables for Temporal', () => {
  it('lose the line break at their end; those of others stay as they are', () => {
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

  it('are refused in words of ours when they name a profile that is none', () => {
    expect(() => temporalSettings({ TEMPORAL_PROFILE: 'nope' })).toThrow(
      'The settings for the connection to Temporal are not valid',
    );
  });

  it('hold no control character, but for the lines of a certificate', () => {
    const key = () => temporalVariables({ TEMPORAL_API_KEY: 'hunter2\nhunter3' });
    expect(key).toThrow(
      'The value of the environment variable TEMPORAL_API_KEY (for the connection to Temporal) is not valid: it contains a control character, such as a line break.',
    );
    expect(key).not.toThrow(/hunter/);
    const pem = { TEMPORAL_TLS_CLIENT_KEY_DATA: '-----BEGIN KEY-----\nabc\n-----END KEY-----' };
    expect(temporalVariables(pem)).toEqual(pem);
  });
});
