import { expect, test } from 'vitest';
import { deliverList } from '../../actito/delivery/deliver.ts';
import { FILE, lines, type Stand, uploadOf } from './delivery-stand.ts';

/** Which files are in the folder after a delivery. */
export function testPlacing({ fixture, connect, list, text }: Stand): void {
  test('a delivered file is exactly its content, and no other file remains', async () => {
    const bytes = await deliverList(await connect(), list(lines('id\n', 'anna@shop.be\nzoë', '@shop.be\n')));
    expect(await text(FILE)).toBe('id\nanna@shop.be\nzoë@shop.be\n');
    expect(bytes).toBe(Buffer.byteLength('id\nanna@shop.be\nzoë@shop.be\n'));
    expect(await fixture().names()).toEqual([FILE]);
  });

  test('a file of 5 MB arrives complete, whatever the size of its pieces', async () => {
    const content = Buffer.alloc(5_000_000, 'anna@shop.be\nbob@shop.be\nc\n');
    async function* pieces() {
      for (let at = 0, size = 1; at < content.length; at += size, size = (size * 7) % 99_991) {
        yield content.subarray(at, at + size);
      }
    }
    expect(await deliverList(await connect(), list(pieces()))).toBe(content.length);
    expect((await fixture().read(FILE))!.equals(content)).toBe(true);
  });

  test('a list without lines is a file with its header, and a file without bytes is delivered too', async () => {
    const server = await connect();
    await deliverList(server, list(lines('id\n')));
    expect(await text(FILE)).toBe('id\n');
    expect(await deliverList(server, list(lines(), { delivery: '2' }))).toBe(0);
    expect(await text(FILE)).toBe('');
  });

  test('no file has the final name before it is completely written', async () => {
    const seen: (string | undefined)[] = [];
    let whole: string | undefined;
    async function* content() {
      for (let no = 0; no < 5; no++) {
        yield Buffer.alloc(40_000, String(no));
        seen.push(await text(FILE));
      }
    }
    const checkFence = async () => {
      seen.push(await text(FILE));
      whole = await text(uploadOf(FILE, '5', '1'));
    };
    await deliverList(await connect(), list(content(), { checkFence }));
    expect(seen).toEqual(Array(6).fill(undefined));
    expect(whole).toBe(await text(FILE));
    expect(whole).toHaveLength(200_000);
  });

  test('a former file is replaced in one step: a reader finds either the old or the new one', async () => {
    await fixture().write(FILE, 'old');
    const seen = new Set([await text(FILE)]); // the watch alone could begin after a quick delivery has ended
    let delivered = false;
    const watch = async () => {
      while (!delivered) seen.add(await text(FILE));
      seen.add(await text(FILE));
    };
    const watching = watch();
    await deliverList(await connect(), list(lines('new'))).finally(() => (delivered = true));
    await watching;
    expect([...seen]).toEqual(['old', 'new']);
  });

  test('older temporary files of this list are removed, and all other files stay', async () => {
    const stay = [
      uploadOf('Other.csv', '1', '1'),
      uploadOf(FILE, '5', '2'), // of a later delivery
      uploadOf(FILE, '6', '1'), // of a newer run
      uploadOf(FILE, '10', '1'), // newer, although its name sorts before 5
      `.${FILE}.notes.part`,
      'Other.csv',
    ];
    const go = [
      uploadOf(FILE, '4', '9'),
      uploadOf(FILE, '5', '0'),
      `${uploadOf(FILE, '4', '8')}.old`, // a replaced file of an attempt that failed
    ];
    for (const file of [...stay, ...go]) await fixture().write(file, 'x');
    await deliverList(await connect(), list(lines('id\n')));
    expect(await fixture().names()).toEqual([...stay, FILE].sort());
  });

  test('a file whose size differs from what was sent does not get the final name', async () => {
    await fixture().write(FILE, 'old');
    const server = await connect();
    const temporary = uploadOf(FILE, '5', '1');
    /** The server truncates the file, for example because its disk is full. */
    const size = async (path: string) => {
      await fixture().write(temporary, 'sho');
      return server.size(path);
    };
    const delivery = deliverList({ ...server, size }, list(lines('short of this')));
    await expect(delivery).rejects.toMatchObject({ name: 'DeliveryUnavailable' });
    await expect(delivery).rejects.toThrow('has 3 of 13 bytes');
    expect(await text(FILE)).toBe('old');
  });

  test('if a server refuses to replace a file, the old one is moved away first and then removed', async () => {
    fixture().refuseReplacing();
    const server = await connect();
    await deliverList(server, list(lines('first')));
    await deliverList(server, list(lines('second'), { delivery: '2' }));
    expect(await text(FILE)).toBe('second');
    expect(await fixture().names()).toEqual([FILE]);
  });

  test('removing a missing file succeeds', async () => {
    const server = await connect();
    await expect(server.remove(`${fixture().directory}/nothing.csv`)).resolves.toBeUndefined();
  });

  test('content is read no faster than the server accepts it, so a large list needs no memory', async () => {
    const temporary = uploadOf(FILE, '5', '1');
    const chunk = Buffer.alloc(65_536, 'anna@shop.be\n');
    let [taken, furthestAhead] = [0, 0];
    async function* content() {
      while (taken < 60_000_000) {
        yield chunk;
        taken += chunk.length;
        furthestAhead = Math.max(furthestAhead, taken - fixture().size(temporary));
      }
    }
    await deliverList(await connect(), list(content()));
    expect(fixture().size(FILE)).toBe(taken);
    expect(furthestAhead).toBeLessThan(16_000_000); // the buffers of both ends and of the system between them
  });
}
