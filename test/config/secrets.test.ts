import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { requireSecret, resolvePort, resolveText, resolveUrl } from '../../config/secrets.ts';

const ENV = { API_KEY: 'hunter2', EMPTY: '', PORT: '2222', NO_PORT: 'hunter2' };

describe('a setting that names an environment variable', () => {
  it('has the value of the variable', () => {
    expect(requireSecret({ env: 'API_KEY' }, ENV, 'apiKey')).toBe('hunter2');
    expect(resolveText({ env: 'API_KEY' }, ENV)).toBe('hunter2');
    expect(resolveText('plain', ENV)).toBe('plain');
    expect(resolvePort({ env: 'PORT' }, ENV, 'delivery.port')).toBe(2222);
    expect(resolvePort(22, ENV, 'delivery.port')).toBe(22);
  });

  it('reports which variable is missing or empty, and what requires it', () => {
    expect(() => requireSecret({ env: 'NONE' }, ENV, 'destinations/actito apiKey')).toThrow(
      expect.objectContaining({
        type: 'ConfigurationInvalid',
        message:
          'The environment variable NONE (for destinations/actito apiKey) is not set. Set it in the environment of the worker.',
      }),
    );
    expect(() => resolveText({ env: 'EMPTY' }, ENV)).toThrow(
      'The environment variable EMPTY (for the configuration) is empty.',
    );
  });

  it('never shows an unusable value', () => {
    expect(() => resolvePort({ env: 'NO_PORT' }, ENV, 'delivery.port')).toThrow(
      expect.objectContaining({
        message:
          'The environment variable NO_PORT (for delivery.port) must be a port number from 1 to 65535.',
      }),
    );
  });
});

describe('a secret in a variable', () => {
  const secret = (value: string, setting = 's') => requireSecret({ env: 'S' }, { S: value }, setting);

  it.each(['\n', '\r\n', '\n\n'])('may end with a line break, which is removed: %j', (end) => {
    expect(secret(`hunter2${end}`)).toBe('hunter2');
    expect(secret(`hunter2${end}`, 'apiKey')).toBe('hunter2');
    expect(() => secret(end)).toThrow('The environment variable S (for s) is empty');
    expect(() => secret(`  ${end}`)).toThrow('The environment variable S (for s) is empty');
  });

  it('contains no other control character, whatever surrounds it, and is never shown', () => {
    const control = fc
      .oneof(fc.integer({ min: 0, max: 0x1f }), fc.integer({ min: 0x7f, max: 0x9f }), fc.constant(0x2028))
      .map((code) => String.fromCharCode(code));
    fc.assert(
      fc.property(fc.string({ minLength: 1 }), control, (text, character) => {
        for (const setting of ['password', 'apiKey', 'token']) {
          const read = () => secret(`hunter2${text}${character}hunter3`, setting);
          expect(read).toThrow(expect.objectContaining({ type: 'ConfigurationInvalid' }));
          expect(read).not.toThrow(/hunter/);
        }
      }),
    );
  });

  it('that is an API key contains only valid characters of a header', () => {
    expect(() => secret('clé', 'apiKey')).toThrow(
      'contains a character that is not allowed in an HTTP header',
    );
    expect(secret('clé')).toBe('clé');
  });

  it.each([
    ['-----BEGIN KEY-----\nabc\n-----END KEY-----\n'],
    ['-----BEGIN KEY-----\r\nabc\r\n-----END KEY-----'],
    ['-----BEGIN KEY-----\\nabc\\n-----END KEY-----\\n'],
    ['\n-----BEGIN KEY-----\\r\\nabc\n-----END KEY-----\n\n'],
  ])('that is a private key has its lines, however they are written: %j', (text) => {
    expect(secret(text, 'delivery.privateKey')).toBe('-----BEGIN KEY-----\nabc\n-----END KEY-----\n');
  });

  it('that is a private key contains no other control character', () => {
    expect(() => secret('-----BEGIN\u0007', 'delivery.privateKey')).toThrow('contains a control character');
  });

  it('that is JSON is as it was written, in one line or several', () => {
    const text = JSON.stringify({ private_key: 'a\nb' }, undefined, 2).replaceAll('\n', '\r\n');
    expect(secret(text, 'connection.credentials')).toBe(text);
    expect(() => secret('{\u0007}', 'connection.credentials')).toThrow('contains a control character');
  });
});

describe('the address of an API', () => {
  const url = (value: string, env = {}) => resolveUrl({ env: 'U' }, { U: value, ...env }, 'baseUrl');

  it.each([
    'https://api.example',
    'https://api.example:8443/actito/',
    'HTTPS://api.example',
    'http://localhost:8480',
    'http://127.0.0.1:8480',
    'http://[::1]:8480',
    'https://bücher.example',
  ])('may be %s', (value) => {
    expect(url(`${value}\n`)).toBe(value);
  });

  it.each([
    ['http://api.example', 'must start with https://'],
    ['http://localhost.evil.example', 'must start with https://'],
    ['http://127.evil.example', 'must start with https://'],
    ['http://[::2]', 'must start with https://'],
    ['https://u:hunter2@api.example', 'must not contain a user name or password'],
    ['https://hunter2@api.example', 'must not contain a user name or password'],
    ['https://@api.example', 'must not contain a user name or password'],
    ['https://:hunter2@localhost', 'must not contain a user name or password'],
    ['https://api.example?key=hunter2', 'must be a URL such as https://api.example.com'],
    ['https://api.example/#hunter2', 'must be a URL such as https://api.example.com'],
    ['https://api.example?', 'must be a URL such as https://api.example.com'],
    ['ftp://api.example', 'must be a URL such as https://api.example.com'],
    ['api.example', 'must be a URL such as https://api.example.com'],
    [' https://api.example', 'must be a URL such as https://api.example.com'],
    ['https://', 'must be a URL such as https://api.example.com'],
    ['https://api.\texample', 'contains a control character'],
    ['https://api.example\n/hunter2', 'contains a control character'],
  ])('is rejected if it is %j', (value, says) => {
    expect(() => url(value)).toThrow(says);
    expect(() => url(value)).not.toThrow('hunter2');
  });

  it('may use http for hosts that the worker trusts, and for no other', () => {
    const env = { ACTITO_SYNC_ALLOW_HTTP: 'simulator, other' };
    expect(url('http://simulator:8480', env)).toBe('http://simulator:8480');
    expect(() => url('http://api.example', env)).toThrow('must start with https://');
    expect(url('http://Simulator:8080', { ACTITO_SYNC_ALLOW_HTTP: 'db, Simulator:8080' })).toBe(
      'http://Simulator:8080',
    );
  });
});
