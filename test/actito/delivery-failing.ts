import { expect, test } from 'vitest';
import { deliverList } from '../../actito/delivery/deliver.ts';
import { Failure } from '../../contract/failure.ts';
import { endless, FILE, lines, type Stand, uploadOf } from './delivery-stand.ts';

/** What happens when something goes wrong: the failure's name, and the old file in its place. */
export function testFailing({ fixture, connect, list, text }: Stand): void {
  test('a refused rename is a failure, and the old file stays', async () => {
    await fixture().write(FILE, 'old');
    fixture().refuseRenames();
    const delivery = deliverList(await connect(), list(lines('new')));
    await expect(delivery).rejects.toBeInstanceOf(Failure);
    await expect(delivery).rejects.toThrow('the rename failed');
    expect(await text(FILE)).toBe('old');
  });

  test('where replacing is refused, an upload that is gone leaves the file in place alone', async () => {
    fixture().refuseReplacing();
    await fixture().write(FILE, 'newer');
    const server = await connect();
    const path = (name: string) => `${fixture().directory}/${name}`;
    const rename = server.replace(path(uploadOf(FILE, '4', '1')), path(FILE));
    await expect(rename).rejects.toMatchObject({ name: 'DeliveryUnavailable' });
    expect(await text(FILE)).toBe('newer');
    expect(await fixture().names()).toEqual([FILE]);
  });

  test('a folder that does not exist is refused by the name of its setting', async () => {
    const delivery = deliverList(await connect(), list(lines('id\n'), { directory: '/nowhere' }));
    await expect(delivery).rejects.toMatchObject({ name: 'DeliveryRefused' });
    await expect(delivery).rejects.toThrow('delivery.directory');
  });

  test('cancelling while the server waits for us ends every call to come as well', async () => {
    const cancelled = new AbortController();
    const server = await connect(cancelled.signal);
    cancelled.abort();
    await expect(server.names(fixture().directory)).rejects.toMatchObject({ name: 'AbortError' });
    await expect(server.close()).resolves.toBeUndefined();
  });

  test('cancelling an upload whose content has stalled ends it', async () => {
    const cancelled = new AbortController();
    async function* content() {
      yield Buffer.from('half');
      cancelled.abort();
      await new Promise(() => undefined); // never the next piece
    }
    const delivery = deliverList(await connect(cancelled.signal), list(content()));
    await expect(delivery).rejects.toMatchObject({ name: 'AbortError' });
  });

  test('closing a connection that is gone, or closing twice, is no failure', async () => {
    fixture().breakUploads(1);
    const server = await connect();
    await expect(deliverList(server, list(endless()))).rejects.toBeInstanceOf(Failure);
    await expect(server.close()).resolves.toBeUndefined();
    await expect(server.close()).resolves.toBeUndefined();
  });

  test('a connection that breaks in mid-upload is a failure that passes, and the old file stays', async () => {
    await fixture().write(FILE, 'old');
    fixture().breakUploads(300_000);
    const delivery = deliverList(await connect(), list(endless()));
    await expect(delivery).rejects.toMatchObject({ name: 'DeliveryUnavailable', retryable: true });
    expect(await text(FILE)).toBe('old');
    await fixture().reset();
    await deliverList(await connect(), list(lines('new')));
    expect(await text(FILE)).toBe('new');
  });

  test('a connection that breaks with the last bytes of a file is told as well', async () => {
    fixture().breakUploads(5);
    const delivery = deliverList(await connect(), list(lines('0123456789')));
    await expect(delivery).rejects.toMatchObject({ name: 'DeliveryUnavailable' });
    expect(await text(FILE)).toBeUndefined();
  });

  test('a wrong password is refused, and does not stand in the message', async () => {
    const login = fixture().connect(new AbortController().signal, { password: 'wrong-secret' });
    await expect(login).rejects.toMatchObject({ name: 'DeliveryRefused', retryable: false });
    await expect(login).rejects.toThrow(/delivery\.username/);
    await expect(login).rejects.not.toThrow(/wrong-secret/);
  });

  test('cancelling in mid-upload ends it, and leaves the final name untouched', async () => {
    await fixture().write(FILE, 'old');
    const cancelled = new AbortController();
    async function* content() {
      let sent = 0;
      for await (const chunk of endless()) {
        yield chunk;
        if ((sent += chunk.length) === 5_000_000) cancelled.abort();
      }
    }
    const delivery = deliverList(await connect(cancelled.signal), list(content()));
    await expect(delivery).rejects.toMatchObject({ name: 'AbortError' });
    expect(await text(FILE)).toBe('old');
  });

  test('what was cancelled before does not begin', async () => {
    await expect(fixture().connect(AbortSignal.abort())).rejects.toMatchObject({ name: 'AbortError' });
  });

  test('content that cannot be complete is never put in place', async () => {
    await fixture().write(FILE, 'old');
    async function* content() {
      yield Buffer.from('half');
      throw new Failure('listDamaged', { activation: 'vip', found: 1, expected: 2 });
    }
    const delivery = deliverList(await connect(), list(content()));
    await expect(delivery).rejects.toMatchObject({ name: 'StateDamaged' });
    expect(await text(FILE)).toBe('old');
  });

  test('content that breaks off by itself is not told as a failure of the file server', async () => {
    const own = Object.assign(new Error('Connection terminated'), { code: 'ECONNRESET' });
    async function* content() {
      yield Buffer.from('half');
      throw own;
    }
    await expect(deliverList(await connect(), list(content()))).rejects.toBe(own);
  });

  test('a run that was superseded while it uploaded leaves the old file', async () => {
    await fixture().write(FILE, 'old');
    const checkFence = async () => {
      throw new Failure('leaseLost', {});
    };
    const delivery = deliverList(await connect(), list(lines('new'), { checkFence }));
    await expect(delivery).rejects.toMatchObject({ name: 'RunSuperseded' });
    expect(await text(FILE)).toBe('old');
  });

  test('an upload that wakes up after a newer one delivered cannot take the name, whatever its check said', async () => {
    let wakeUp!: () => void;
    const asleep = new Promise<void>((resolve) => (wakeUp = resolve));
    let isUploaded!: () => void;
    const uploaded = new Promise<void>((resolve) => (isUploaded = resolve));
    const checkFence = async () => {
      isUploaded();
      await asleep; // the check was passed, then the worker slept
    };
    const zombie = deliverList(await connect(), list(lines('zombie'), { fence: '4', checkFence }));
    await uploaded;
    await deliverList(await connect(), list(lines('newer'), { fence: '5' }));
    wakeUp();
    await expect(zombie).rejects.toBeInstanceOf(Failure);
    expect(await text(FILE)).toBe('newer');
    expect(await fixture().names()).toEqual([FILE]);
  });
}
