import type { AnyAuthMethod, AuthenticationType, KeyboardInteractiveAuthMethod } from 'ssh2';
import { SFTP_LOGIN_METHODS, type SftpLoginMethod } from '../../contract/messages/sftp.ts';
import type { ReadableKey } from './private-key.ts';

interface Credentials {
  username: string;
  password?: string;
  key?: ReadableKey;
}

/**
 * How we log in: with each means that we have and that the server offers, once. A password is also the answer to a prompt
 * (keyboard-interactive), since many servers ask for it in no other way.
 */
export class LoginMethods {
  /** What the server would take, as far as we know such means. */
  offered: SftpLoginMethod[] = [];
  /** The server has asked for more than a password, such as a code; or what we have is right, and not enough. */
  isAskedForMore = false;
  /** Something that we have was shown to the server. */
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
   * The next means to try; false: there is none.
   * @param offered what the server would take; null before its first answer
   * @param isPartial what was tried last is right, and the server wants more
   */
  next(offered: readonly AuthenticationType[] | null, isPartial = false): AnyAuthMethod | false {
    const { username, password, key } = this.#credentials;
    if (offered === null) return { type: 'none', username }; // its refusal says what the server offers
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

  /** Answers the first question whose answer is not shown, which is the one for the password. */
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
