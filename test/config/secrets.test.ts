import { describe, expect, it } from 'vitest';
import { requireSecret, resolvePort, resolveText } from '../../config/secrets.ts';

const ENV = { API_KEY: 'hunter2', EMPTY: '', PORT: '2222', NO_PORT: 'hunter2' };

describe('a setting that names an environment variable', () => {
  it('has the value of the variable', () => {
    expect(requireSecret({ env: 'API_KEY' }, ENV, 'apiKey')).toBe('hunter2');
    expect(resolveText({ env: 'API_KEY' }, ENV)).toBe('hunter2');
    expect(resolveText('plain', ENV)).toBe('plain');
    expect(resolvePort({ env: 'PORT' }, ENV, 'delivery.port')).toBe(2222);
    expect(resolvePort(22, ENV, 'delivery.port')).toBe(22);
  });

  it('says which variable is missing or empty, and what asks for it', () => {
    expect(() => requireSecret({ env: 'NONE' }, ENV, 'destinations/actito apiKey')).toThrow(
      expect.objectContaining({
        type: 'ConfigurationInvalid',
        message:
          'The environment variable NONE is not set; destinations/actito apiKey asks for it. Set it where the worker runs.',
      }),
    );
    expect(() => resolveText({ env: 'EMPTY' }, ENV)).toThrow(
      'The environment variable EMPTY is empty; the configuration asks for it.',
    );
  });

  it('never shows a value that cannot be used', () => {
    expect(() => resolvePort({ env: 'NO_PORT' }, ENV, 'delivery.port')).toThrow(
      expect.objectContaining({
        message:
          'The environment variable NO_PORT must hold a port number from 1 to 65535; delivery.port asks for it.',
      }),
    );
  });
});
