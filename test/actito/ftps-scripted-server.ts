import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { createServer as createTlsServer, TLSSocket, type TlsOptions } from 'node:tls';

/** A reply, or another action. */
export type Answer = string | ((session: Session, argument: string) => void);
export type Answers = Partial<Record<string, Answer>>;

export interface Session {
  reply(text: string): void;
  /** The data connection of the last EPSV, once it is open. */
  data(): Promise<Socket>;
  /** Cuts the control connection. */
  cut(): void;
  /** Accepts everything from now on and answers nothing. */
  ignore(): void;
}

export interface ScriptedServer {
  port: number;
  /** Every line that came, in order; those before TLS begin with `plain: `. */
  received: string[];
  stop(): Promise<void>;
}

interface Script {
  /** By command; `greeting` answers the connection itself. Other commands have their usual replies. */
  answers?: Answers;
  tls: TlsOptions;
  /** The certificate of the data connections, if it differs. */
  dataTls?: TlsOptions;
  /** The text of LIST. */
  listing?: string;
  /** TLS begins at once, without AUTH TLS. */
  implicit?: boolean;
  /** Accepts data connections, and never answers their TLS handshake. */
  silentData?: boolean;
  /** Of the commands and the replies. */
  encoding?: 'utf8' | 'latin1';
}

const USUAL: Answers = {
  greeting: '220 ready',
  'AUTH TLS': '234 begin',
  USER: '331 password',
  PASS: '230 welcome',
  PBSZ: '200 ok',
  PROT: '200 ok',
  TYPE: '200 ok',
  STRU: '200 ok',
  PWD: '257 "/" is it',
  CWD: '250 ok',
  SIZE: '213 0',
  RNFR: '350 go on',
  RNTO: '250 ok',
  DELE: '250 ok',
  STOR: (session) => {
    session.reply('150 send');
    void session.data().then((socket) => socket.resume().once('end', () => session.reply('226 done')));
  },
};

/** An FTP server that follows a script, to test the client with unusual servers. */
export async function startScriptedServer({
  answers = {},
  tls,
  dataTls = tls,
  listing = '',
  implicit = false,
  silentData = false,
  encoding = 'utf8',
}: Script): Promise<ScriptedServer> {
  const received: string[] = [];
  const sockets = new Set<Socket>();
  const data = silentData ? createServer() : createTlsServer(dataTls);
  data
    .on('secureConnection', (socket: TLSSocket) => socket.on('error', () => undefined))
    .on('connection', keep);
  data.listen(0, '127.0.0.1');
  await once(data, 'listening');
  const script: Answers = {
    ...USUAL,
    EPSV: `229 here (|||${(data.address() as AddressInfo).port}|)`,
    LIST: (session) => {
      session.reply('150 look');
      void session.data().then((socket) => socket.end(listing, () => session.reply('226 done')));
    },
    ...answers,
  };
  function keep(socket: Socket) {
    sockets.add(socket.on('error', () => undefined));
  }

  const listener = createServer((plain) => {
    keep(plain);
    let control: Socket = plain;
    let connection: Promise<Socket> | undefined;
    const session: Session = {
      reply: (text) => void control.write(`${text}\r\n`, encoding),
      data: () => connection!,
      cut: () => plain.destroy(),
      ignore: () => void plain.removeListener('data', onData),
    };
    const answer = (command: string, argument = '') => {
      const scripted = script[command] ?? '502 not here';
      if (typeof scripted === 'function') scripted(session, argument);
      else session.reply(scripted);
    };
    const onData = (text: Buffer) => {
      for (const line of text.toString(encoding).split('\r\n').filter(Boolean)) {
        received.push(control === plain ? `plain: ${line}` : line);
        if (line.startsWith('EPSV')) {
          connection = once(data, 'secureConnection').then(([socket]) => socket as Socket);
        }
        if (line === 'AUTH TLS' && script[line] === USUAL[line]) {
          plain.removeListener('data', onData);
          answer(line);
          control = new TLSSocket(plain, { isServer: true, ...tls }).on('data', onData);
          keep(control);
        } else if (line === 'AUTH TLS') answer(line);
        else {
          const [command] = line.split(' ', 1);
          answer(command!, line.slice(command!.length + 1));
        }
      }
    };
    if (implicit) {
      control = new TLSSocket(plain, { isServer: true, ...tls }).on('data', onData);
      keep(control);
      control.once('secure', () => answer('greeting'));
    } else {
      plain.on('data', onData);
      answer('greeting');
    }
  });
  listener.listen(0, '127.0.0.1');
  await once(listener, 'listening');
  return {
    port: (listener.address() as AddressInfo).port,
    received,
    stop: async () => {
      listener.close();
      data.close();
      sockets.forEach((socket) => socket.destroy());
      await Promise.all([once(listener, 'close'), once(data, 'close')]);
    },
  };
}
