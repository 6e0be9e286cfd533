import type { AnyAuthMethod, AuthenticationType, KeyboardInteractiveAuthMethod } from 'ssh2';
import { SFTP_LOGIN_METHODS, type SftpLoginMethod } from '../../contract/messages/sftp.ts';
import type { ReadableKey } from './private-key.ts';

interface Credentials {
  username: string;
  password?: string;
  key?: ReadableKey;
}

/**
 * The login: each of our methods that the server offers, once. A password is also the answer to a prompt
 * (keyboard-interactive), because many servers request it in no other way.
 */
export class LoginMethods {
  /** The methods that the server offers and that we know. */
  offered: SftpLoginMethod[] = [];
  /** The server has requested more than a password, such as a code; or what we have is correct but not enough. */
  isAskedForMore = false;
  /** One of our credentials was sent to the server. */
  isTried = false;

  readonly #credentials: Credentials;
  readonly #left: SftpLoginMethod[];

  constructor(credentials: Credentials) {
    this.#credentials = credentials;
    const { key, password } = credentials;
    this.#left = [
      ...(key === undefined ? [] : (['publickey'] as const)),
      ...(password === undefined ? [] : (['password', 'keyboard-interactive'] as const)),
    ];
  }

  /**
   * Returns the next method to try; false if there is none.
   * @param offered the methods that the server accepts; null before its first answer
   * @param isPartial the last method succeeded, and the server requires more
   */
  next(offered: readonly AuthenticationType[] | null, isPartial = false): AnyAuthMethod | false {
    const { username, password, key } = this.#credentials;
    if (offered === null) return { type: 'none', username }; // its refusal contains the offered methods
    this.offered = SFTP_LOGIN_METHODS.filter((method) => offered.includes(method));
    const method = this.#left.find((each) => this.offered.includes(each));
    if (method === undefined) {
      this.isAskedForMore ||= isPartial;
      return false;
    }
    this.#left.splice(this.#left.indexOf(method), 1);
    this.isTried = true;
    switch (method) {
      case 'publickey':
        return { type: method, username, key: key!.text, passphrase: key!.passphrase };
      case 'password':
        return { type: method, username, password: password! };
      case 'keyboard-interactive':
        return { type: method, username, prompt: this.#answer(password!) };
    }
  }

  /** Answers the first prompt with a hidden answer, which is the one for the password. */
  #answer(password: string): KeyboardInteractiveAuthMethod['prompt'] {
    let isSaid = false;
    return (_name, _instructions, _language, prompts, finish) => {
      finish(
        prompts.map(({ echo }) => {
          if (isSaid || echo === true) {
            this.isAskedForMore = true;
            return '';
          }
          isSaid = true;
          return password;
        }),
      );
    };
  }
}
