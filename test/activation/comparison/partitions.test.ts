import { describe, expect, test, vi } from 'vitest';
import { SlotBudget, SlotMemory, type SlotShare } from '../../../activation/comparison/budget.ts';
import { Partitions, type LateRows, type Spill } from '../../../activation/comparison/partitions.ts';
import { FLAG, NARROW, SIGHT, WORDS } from '../../../activation/comparison/slots.ts';

vi.setConfig({ testTimeout: 60_000 }); // many small runs, on machines that do other things as well

/** A spill in memory that counts what is open. */
function memorySpills() {
  const spills = { opened: 0, open: 0, openSpill: open };
  function open(): Spill {
    spills.opened++;
    spills.open++;
    const pieces: Buffer[] = [];
    let at = 0;
    let isOpen = true;
    return {
      write: (bytes) => void pieces.push(Buffer.from(bytes)),
      // One byte at a time: records are cut anywhere.
      read: (into) => Buffer.concat(pieces).copy(into, 0, at, ++at),
      close: () => {
        if (isOpen) spills.open--;
        isOpen = false;
      },
    };
  }
  return spills;
}

function look(no: number): void {
  SIGHT.set([BigInt(no), BigInt(no * 7), BigInt(no + 1), BigInt(no)]);
}

async function partitionsOf(slots: number, { partitions = 4, open = slots } = {}) {
  const share = await new SlotBudget(slots).open(open);
  const spills = memorySpills();
  const { openSpill } = spills;
  return { all: new Partitions({ width: NARROW, share, openSpill, partitions }), spills, share };
}

/** Finishes, and returns the flags by key, and which rows were deferred. */
function finish(all: Partitions) {
  const members = new Map<number, { flags: number; attributes: number }>();
  const late: string[] = [];
  const row: LateRows['row'] = (table, bytes, start, end) => {
    expect(table.find()).toBe(true);
    table.flags |= FLAG.SEEN;
    late.push(`${WORDS[0]} ${bytes.toString('utf8', start, end)}`);
  };
  const tables = all.finish({ piece: () => {}, row });
  for (const table of tables) {
    if (!table) continue;
    for (const { words, flags } of table.pages) {
      for (let slot = 0; slot < flags.length; slot++) {
        if (flags[slot] === 0) continue;
        const [key, attributes] = [words[slot * NARROW]!, words[slot * NARROW + 4]!];
        expect(members.has(key)).toBe(false);
        members.set(key, { flags: flags[slot]!, attributes });
      }
    }
  }
  return { members, late };
}

describe('partitions', () => {
  test('on disk return the marks, the flags and the deferred rows', async () => {
    const { all, spills } = await partitionsOf(50);
    for (let no = 0; no < 300; no++) {
      look(no);
      all.load(FLAG.OCCUPIED | (no % 2 ? FLAG.OVER : FLAG.RETRY));
    }
    let inMemory = 0;
    for (let no = 0; no < 300; no++) {
      look(no);
      const table = all.table();
      if (!table) all.putOff(Buffer.from(`row ${no}`));
      else {
        inMemory++;
        table.find();
        table.flags |= FLAG.SEEN;
      }
    }
    expect(spills.opened).toBeGreaterThan(0);
    const { members, late } = finish(all);
    all.close();
    expect(members.size).toBe(300);
    for (const [no, { flags, attributes }] of members) {
      expect(flags).toBe(FLAG.OCCUPIED | FLAG.SEEN | (no % 2 ? FLAG.OVER : FLAG.RETRY));
      expect(attributes).toBe(no + 1);
    }
    expect(late).toHaveLength(300 - inMemory);
    for (const row of late) expect(row).toMatch(/^(\d+) row \1$/);
    expect(spills.open).toBe(0);
  });

  test('that fit use no file', async () => {
    const { all, spills } = await partitionsOf(4_096);
    for (let no = 0; no < 500; no++) {
      look(no);
      all.load(FLAG.OCCUPIED);
    }
    expect(finish(all).members.size).toBe(500);
    expect(spills.opened).toBe(0);
  });

  test('take more than their first share from the budget if needed, and return all of it', async () => {
    const budget = new SlotBudget(1_024);
    const share = await budget.open(32);
    const { openSpill, ...spills } = memorySpills();
    const all = new Partitions({ width: NARROW, share, openSpill, partitions: 4 });
    for (let no = 0; no < 400; no++) {
      look(no);
      all.load(FLAG.OCCUPIED);
    }
    expect(spills.opened).toBe(0);
    expect(budget.tryTake(512)).toBe(false);
    all.close();
    expect(budget.tryTake(1_024)).toBe(true);
  });

  test('work without any budget', async () => {
    const share = {
      slots: 0,
      use: () => false,
      force: () => {},
      free: () => {},
      close: () => {},
      memory: new SlotMemory(),
    } as unknown as SlotShare;
    const { openSpill } = memorySpills();
    const all = new Partitions({ width: NARROW, share, openSpill, partitions: 4 });
    for (let no = 0; no < 40; no++) {
      look(no);
      all.load(FLAG.OCCUPIED);
    }
    expect(finish(all).members.size).toBe(40);
  });

  test('that are closed halfway close their files', async () => {
    const { all, spills } = await partitionsOf(16, { partitions: 8 });
    for (let no = 0; no < 100; no++) {
      look(no);
      all.load(FLAG.OCCUPIED);
    }
    expect(spills.open).toBeGreaterThan(0);
    for (const table of all.finish({ piece: () => {}, row: () => {} })) if (table) break;
    all.close();
    expect(spills.open).toBe(0);
  });
});
