import { timingSafeEqual } from 'node:crypto';
import ssh2, { type AuthContext } from 'ssh2';

/** The account that can log in. */
export interface Account {
  username: string;
  password: string;
  /** OpenSSH format. */
  publicKey?: string;
}

/** Accepts or rejects a login attempt. */
export function authenticate(context: AuthContext, account: Account): void {
  if (context.username === account.username && provesAccount(context, account)) context.accept();
  else context.reject(account.publicKey === undefined ? ['password'] : ['password', 'publickey']);
}

function provesAccount(context: AuthContext, { password, publicKey }: Account): boolean {
  if (context.method === 'password') return context.password === password;
  if (context.method !== 'publickey' || publicKey === undefined) return false;
  const key = ssh2.utils.parseKey(publicKey);
  if (key instanceof Error) throw key;
  const known = key.getPublicSSH();
  if (known.length !== context.key.data.length || !timingSafeEqual(known, context.key.data)) return false;
  // Without a signature, the client only asks whether it can use this key.
  if (!context.signature) return true;
  return key.verify(context.blob!, context.signature, context.hashAlgo) === true;
}
