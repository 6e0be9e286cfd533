/*
 * What texts from people must not contain if they are sent to servers: a line break in a key ends a header and shows
 * the rest of it in an error, and a password in an address is shown wherever the address is.
 */

/** A fault of a text. There is a message for each. */
export type TextFault = 'control' | 'url' | 'userinfo' | 'http' | 'host' | 'header' | 'hostKey';

/** Control characters, and other characters that end a line. */
const CONTROL = /[\p{Cc}\u2028\u2029]/u;

/** Returns a secret from a file or a shell without the line break at its end. */
export function withoutFinalBreak(text: string): string {
  return text.replace(/[\r\n]+$/, '');
}

/**
 * Returns a key or certificate in PEM or OpenSSH's format. Its line breaks may be written as `\n`, because many tools
 * support no others.
 */
export function pemOf(text: string): string {
  const lines = text.replaceAll('\\r', '').replaceAll('\\n', '\n').replaceAll('\r', '').trim();
  return lines === '' ? '' : `${lines}\n`;
}

/** Whether a text contains a control character, other than those in `but`. */
export function controlFault(text: string, but = ''): TextFault | undefined {
  return [...text].some((character) => CONTROL.test(character) && !but.includes(character))
    ? 'control'
    : undefined;
}

/** What is wrong with a text that is sent in a header. */
export function headerFault(text: string): TextFault | undefined {
  return controlFault(text) ?? (/^[\x20-\x7e]*$/.test(text) ? undefined : 'header');
}

/** What is wrong with the name or address of a host. */
export function hostFault(text: string): TextFault | undefined {
  return controlFault(text) ?? (/^[^\s@/\\?#]+$/.test(text) ? undefined : 'host');
}

/** What is wrong with the fingerprint of a host key. */
export function hostKeyFault(text: string): TextFault | undefined {
  return controlFault(text) ?? (/^SHA256:[A-Za-z0-9+/]{43}=?$/.test(text) ? undefined : 'hostKey');
}

/**
 * Returns the fault of an API's address. Secrets are sent there, so it must be https, except on this machine.
 * @param closed hosts in a closed network, for which http is allowed
 */
export function urlFault(text: string, closed: readonly string[] = []): TextFault | undefined {
  const control = controlFault(text);
  if (control) return control;
  if (/\s/.test(text) || !/^https?:\/\//i.test(text) || !URL.canParse(text)) return 'url';
  const { protocol, hostname, username, password, search, hash } = new URL(text);
  if (username !== '' || password !== '' || /^https?:\/\/[^/?#]*@/i.test(text)) return 'userinfo';
  if (search !== '' || hash !== '' || /[?#]/.test(text)) return 'url';
  const isTrusted = protocol === 'https:' || isLoopback(hostname) || closed.includes(hostname);
  return isTrusted ? undefined : 'http';
}

function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127(\.\d+){3}$/.test(hostname);
}
