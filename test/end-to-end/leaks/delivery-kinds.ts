import type { Kind, Kinds } from './kinds.ts';
import { ALL, LITERAL, SECRET, VALUE } from './markers.ts';
import type { startOddFileServers } from './odd-file-servers.ts';

/** The possible texts of file servers, and logins. */
export async function deliveryKinds(
  servers: Awaited<ReturnType<typeof startOddFileServers>>,
  usual: Record<string, unknown>,
): Promise<Kinds> {
  const sftp = (port: number, expect: Kind['expect'], more = {}): Kind => ({
    expect,
    activation: { attributes: [] },
    destination: {
      delivery: {
        ...usual,
        host: '127.0.0.1',
        port,
        hostKey: servers.hostKey,
        password: { env: 'WRONG' },
        ...more,
      },
    },
    env: { WRONG: SECRET },
  });
  const ftps = (port: number, expect: Kind['expect'], ca = servers.ca): Kind => ({
    expect,
    activation: { attributes: [] },
    destination: {
      delivery: {
        protocol: 'ftps',
        host: '127.0.0.1',
        port,
        username: 'actito',
        directory: '/in',
        password: { env: 'WRONG' },
        ca: { env: `CA_${port}` },
      },
    },
    env: { WRONG: SECRET, [`CA_${port}`]: ca },
  });
  const REFUSED = 'DeliveryRefused';
  const UNAVAILABLE = 'DeliveryUnavailable';
  return {
    'sftp-list': sftp(await servers.sftp('list'), UNAVAILABLE),
    'sftp-login': sftp(await servers.sftp('login'), REFUSED),
    'sftp-other-key': sftp(await servers.sftp('list'), REFUSED, { hostKey: `SHA256:${'A'.repeat(43)}` }),
    'sftp-garbage': sftp(await servers.garbage(), UNAVAILABLE),
    'sftp-nobody': sftp(1, UNAVAILABLE),
    'sftp-key-unreadable': {
      ...sftp(await servers.sftp('list'), REFUSED, { password: undefined, privateKey: { env: 'PEM' } }),
      env: { PEM: `-----BEGIN ${SECRET} KEY-----\n${SECRET}` },
    },
    'ftps-greeting': ftps(await servers.ftps({ greeting: `421 ${ALL}` }), /^Delivery/),
    'ftps-garbage': ftps(await servers.garbage(), /^Delivery/),
    'ftps-no-tls': ftps(await servers.ftps({ 'AUTH TLS': `502 ${ALL}` }), REFUSED),
    'ftps-login': ftps(await servers.ftps({ PASS: `530 ${SECRET} is wrong, ${ALL}` }), REFUSED),
    'ftps-folder': ftps(await servers.ftps({ CWD: `550 ${ALL}` }), REFUSED),
    'ftps-folder-odd': ftps(await servers.ftps({ PWD: `257 ${VALUE}` }), /^Delivery/),
    'ftps-list': ftps(await servers.ftps({ LIST: `451 ${ALL}`, MLSD: `451 ${ALL}` }), /^Delivery/),
    'ftps-upload': ftps(await servers.ftps({ STOR: `553 ${LITERAL} ${ALL}` }), REFUSED),
    'ftps-rename': ftps(await servers.ftps({ RNFR: `550 ${ALL}` }), /^Delivery/),
    'ftps-other-certificate': ftps(await servers.ftpsOfOther(), REFUSED),
    'ftps-wrong-name': ftps(await servers.ftpsOfOther(), REFUSED, servers.otherCa),
    'ftps-ca-unreadable': ftps(await servers.ftps({}), REFUSED, SECRET),
  };
}

/** Our own database, which is made to show too much of what one activation writes. */
export function stateKinds(): Kinds {
  const raises = (name: string, code: string) => `
    create or replace function "${name}"() returns trigger language plpgsql as $$ begin
      if new.activation = '${name}' then
        raise exception using message = '${ALL}', detail = '${ALL}', hint = '${VALUE}', errcode = '${code}';
      end if;
      return new;
    end $$;
    create trigger "${name}" before insert on deliveries for each row execute function "${name}"();`;
  return {
    'state-refuses': {
      expect: 'StateRefused',
      activation: { attributes: [] },
      state: raises('state-refuses', 'P0001'),
    },
    'state-busy': {
      expect: 'StateUnavailable',
      activation: { attributes: [] },
      state: raises('state-busy', '53300'),
    },
  };
}
