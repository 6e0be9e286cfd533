import { expect, test } from 'vitest';
import { deliverList } from '../../actito/delivery/deliver.ts';
import { Failure } from '../../contract/failure.ts';
import { endless, FILE, lines, type Stand, uploadOf } from './delivery-stand.ts';

/** Failures of a delivery: the type of the failure, and the old file stays. */
export function testFailing({ fixture, connect, list, text }: Stand): void {
  test('a rejected rename is a failure, and the old file stays', async () => {
    await fixture().write(FILE, 'old');
    fixture().refuseRenames();
    const delivery = deliverList(await connect(), list(lines('new')));
    await expect(delivery).rejects.toBeInstanceOf(Failure);
    await expect(delivery).rejects.toThrow('the rename failed');
    expect(await text(FILE)).toBe('old');
  });

  test('if replacing is rejected and the upload is missing, the file at the final name stays unchanged', async () => {
    fixture().refuseReplacing();
    await fixture().write(FILE, 'newer');
    const server = await connect();
    const path = (name: string) => `${fixture().directory}/${name}`;
    const rename = server.replace(path(uploadOf(FILE, '4', '1')), path(FILE));
    await expect(rename).rejects.toMatchObject({ name: 'DeliveryUnavailable' });
    expect(await text(FILE)).toBe('newer');
    expect(await fixture().names()).toEqual([FILE]);
  });

  test('a folder that does not exist is reported with the name of its setting', async () => {
    const delivery = deliverList(await connect(), list(lines('id\n'), { directory: '/nowhere' }));
    await expect(delivery).rejects.toMatchObject({ name: 'DeliveryRefused' });
    await expect(delivery).rejects.toThrow('delivery.directory');
  });

  test('canceling while the server waits for the client ends every further call, too', async () => {
    const cancelled = new AbortController();
    const server = await connect(cancelled.signal);
    cancelled.abort();
    await expect(server.names(fixture().directory)).rejects.toMatchObject({ name: 'AbortError' });
    await expect(server.close()).resolves.toBeUndefined();
  });

  test('canceling an upload whose content has stalled ends it', async () => {
    const cancelled = new AbortController();
    async function* content() {
      yield Buffer.from('half');
      cancelled.abort();
      await new Promise(() => undefined); // the next piece never comes
    }
    const delivery = deliverList(await connect(cancelled.signal), list(content()));
    await expect(delivery).rejects.toMatchObject({ name: 'AbortError' });
  });

  test('closing a lost connection, or closing twice, is not a failure', async () => {
    fixture().breakUploads(1);
    const server = await connect();
    await expect(deliverList(server, list(endless()))).rejects.toBeInstanceOf(Failure);
    await expect(server.close()).resolves.toBeUndefined();
    await expect(server.close()).resolves.toBeUndefined();
  });

  test('a connection that breaks during an upload is a temporary failure, and the old file stays', async () => {
    await fixture().write(FILE, 'old');
    fixture().breakUploads(300_000);
    const delivery = deliverList(await connect(), list(endless()));
    await expect(delivery).rejects.toMatchObject({ name: 'DeliveryUnavailable', retryable: true });
    expect(await text(FILE)).toBe('old');
    await fixture().reset();
    await deliverList(await connect(), list(lines('new')));
    expect(await text(FILE)).toBe('new');
  });

  test('a connection that breaks with the last bytes of a file is reported, too', async () => {
    fixture().breakUploads(5);
    const delivery = deliverList(await connect(), list(lines('0123456789')));
    await expect(delivery).rejects.toMatchObject({ name: 'DeliveryUnavailable' });
    expect(await text(FILE)).toBeUndefined();
  });

  test('a wrong password is rejected, and is not in the message', async () => {
    const login = fixture().connect(new AbortController().signal, { password: 'wrong-secret' });
    await expect(login).rejects.toMatchObject({ name: 'DeliveryRefused', retryable: false });
    await expect(login).rejects.toThrow(/delivery\.username/);
    await expect(login).rejects.not.toThrow(/wrong-secret/);
  });

  test('canceling during an upload ends it, and does not touch the final name', async () => {
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

  test('a call that was canceled before does not begin', async () => {
    await expect(fixture().connect(AbortSignal.abort())).rejects.toMatchObject({ name: 'AbortError' });
  });

  test('content that cannot be complete never gets the final name', async () => {
    await fixture().write(FILE, 'old');
    async function* content() {
      yield Buffer.from('half');
      throw new Failure('listDamaged', { activation: 'vip', found: 1, expected: 2 });
    }
    const delivery = deliverList(await connect(), list(content()));
    await expect(delivery).rejects.toMatchObject({ name: 'StateDamaged' });
    expect(await text(FILE)).toBe('old');
  });

  test('content that breaks off is not reported as a failure of the file server', async () => {
    const own = Object.assign(new Error('Connection terminated'), { code: 'ECONNRESET' });
    async function* content() {
      yield Buffer.from('half');
      throw own;
    }
    await expect(deliverList(await connect(), list(content()))).rejects.toBe(own);
  });

  test('a run that was superseded during its upload leaves the old file', async () => {
    await fixture().write(FILE, 'old');
    const checkFence = async () => {
      throw new Failure('leaseLost', {});
    };
    const delivery = deliverList(await connect(), list(lines('new'), { checkFence }));
    await expect(delivery).rejects.toMatchObject({ name: 'RunSuperseded' });
    expect(await text(FILE)).toBe('old');
  });

  test('an upload that continues after a newer delivery cannot take the final name, whatever its check returned', async () => {
    let wakeUp!: () => void;
    const asleep = new Promise<void>((resolve) => (wakeUp = resolve));
    let isUploaded!: () => void;
    const uploaded = new Promise<void>((resolve) => (isUploaded = resolve));
    const checkFence = async () => {
      isUploaded();
      await asleep; // the check passed, then the worker slept
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
