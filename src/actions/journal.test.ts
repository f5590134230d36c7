import { execFileSync } from 'node:child_process';
import {
  appendFileSync,
  chmodSync,
  closeSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { JournalRecord } from './change.ts';
import { Journal, OpenChange } from './journal.ts';

let root: string;
let journal: Journal;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'keel-journal-'));
  journal = new Journal(join(root, 'state', 'evenkeel'));
});
afterEach(() => rmSync(root, { recursive: true }));

const at = '2030-01-02T03:04:05.678Z';
const planned = (id: string): JournalRecord => ({
  record: 'planned',
  id,
  bootId: 'b',
  at,
  by: { tgid: 1, startTicks: 2n },
  command: 'pin 1 0',
  steps: [],
  processes: [],
  coversAll: false,
  dueBootNs: null,
});

function write(...records: readonly JournalRecord[]): string {
  const id = journal.nextId();
  const open = journal.create(id);
  for (const record of records) open.append(record);
  open.close();
  return id;
}

describe('the journal', () => {
  it('is empty before the first change, without making its folder', async () => {
    expect(await journal.read()).toEqual({ changes: [], broken: [] });
    expect(journal.nextId()).toBe('c-1');
    expect(() => statSync(journal.folder)).toThrow();
  });

  it('keeps changes in files that only their owner reads', async () => {
    expect(write(planned('c-1'))).toBe('c-1');
    expect(write(planned('c-2'), { record: 'undone', at })).toBe('c-2');
    expect(statSync(journal.folder).mode & 0o777).toBe(0o700);
    expect(statSync(join(journal.folder, 'c-1.jsonl')).mode & 0o777).toBe(0o600);
    const { changes } = await journal.read();
    expect(changes.map(({ id, state }) => [id, state])).toEqual([
      ['c-1', 'planned'],
      ['c-2', 'refused'],
    ]);
    expect(journal.nextId()).toBe('c-3');
    expect(() => journal.create('c-2')).toThrow(/EEXIST/);
  });

  it('tells a change that was undone from one that was refused while it was made', async () => {
    write(planned('c-1'), { record: 'applied', at }, { record: 'undone', at });
    const by = { tgid: 1, startTicks: 2n };
    write(planned('c-2'), { record: 'undoing', at, by }, { record: 'undone', at });
    write(planned('c-3'), { record: 'undone', at });
    const { changes } = await journal.read();
    expect(changes.map((change) => change.state)).toEqual(['undone', 'undone', 'refused']);
  });

  describe('forgets finished changes', () => {
    const now = Date.parse(at);
    const finish = (id: string, daysAgo: number, ...records: readonly JournalRecord[]) => {
      expect(write(planned(id), ...records)).toBe(id);
      const made = new Date(now - daysAgo * 86_400_000);
      utimesSync(join(journal.folder, `${id}.jsonl`), made, made);
    };
    const ids = async () => (await journal.read()).changes.map((change) => change.id);

    it('after thirty days, but neither what is active nor the last number', async () => {
      finish('c-1', 90, { record: 'applied', at });
      finish('c-2', 31, { record: 'undone', at });
      finish('c-3', 29, { record: 'undone', at });
      finish('c-4', 90, { record: 'forgotten', at });
      finish('c-5', 90, { record: 'undone', at });
      await journal.prune(now);
      expect(await ids()).toEqual(['c-1', 'c-3', 'c-5']);
      expect(journal.nextId()).toBe('c-6');
    });

    it('beyond two hundred, the oldest first', async () => {
      finish('c-1', 0, { record: 'applied', at });
      for (let number = 2; number <= 203; number += 1) finish(`c-${number}`, 0, { record: 'undone', at });
      await journal.prune(now);
      expect((await ids()).slice(0, 2)).toEqual(['c-1', 'c-4']);
    });

    it('and leaves what it cannot read', async () => {
      finish('c-1', 90, { record: 'undone', at });
      finish('c-2', 0, { record: 'undone', at });
      const path = join(journal.folder, 'c-1.jsonl');
      appendFileSync(path, '{"record":"later"}\n');
      utimesSync(path, 0, 0);
      await journal.prune(now);
      expect((await journal.read()).broken).toMatchObject([{ id: 'c-1' }]);
    });

    it('and makes no folder to look into', async () => {
      await journal.prune(now);
      expect(() => statSync(journal.folder)).toThrow();
    });
  });

  it('goes on behind a line that was cut off', async () => {
    const id = write(planned('c-1'));
    appendFileSync(join(journal.folder, 'c-1.jsonl'), '{"record":"appl');
    const open = journal.open(id);
    open.append({ record: 'undone', at });
    open.close();
    expect((await journal.read()).changes).toMatchObject([{ id: 'c-1', state: 'refused' }]);
    expect(readFileSync(join(journal.folder, 'c-1.jsonl'), 'utf8')).not.toContain('appl');
  });

  it('passes over a file that was cut off before its first record', async () => {
    write();
    expect(await journal.read()).toEqual({ changes: [], broken: [] });
    expect(journal.nextId()).toBe('c-2');
  });

  it('names files that are no changes, and still reads the others', async () => {
    write(planned('c-1'));
    writeFileSync(join(journal.folder, 'c-2.jsonl'), '{"record":"planned","id":"c-2; reboot"}\n', {
      mode: 0o600,
    });
    writeFileSync(join(journal.folder, 'c-3.jsonl'), readFileSync(join(journal.folder, 'c-1.jsonl')), {
      mode: 0o600,
    });
    const { changes, broken } = await journal.read();
    expect(changes.map((change) => change.id)).toEqual(['c-1']);
    expect(broken.map((one) => one.id)).toEqual(['c-2', 'c-3']);
    expect(broken[1]?.why).toContain('c-1');
  });

  it('does not trust what others can write, nor links', async () => {
    write(planned('c-1'));
    chmodSync(join(journal.folder, 'c-1.jsonl'), 0o666);
    await expect(journal.read()).rejects.toThrow(/E_CONFLICT/);
    rmSync(join(journal.folder, 'c-1.jsonl'));
    symlinkSync('/etc/passwd', join(journal.folder, 'c-1.jsonl'));
    expect((await journal.read()).broken).toMatchObject([{ id: 'c-1' }]);
    expect(() => journal.open('c-1')).toThrow(/ELOOP/);
    chmodSync(journal.folder, 0o777);
    await expect(journal.read()).rejects.toThrow(/E_CONFLICT/);
  });

  it('is not held up by a pipe or a folder that stands among the changes', async () => {
    write(planned('c-1'));
    execFileSync('mkfifo', [join(journal.folder, 'c-2.jsonl')]);
    mkdirSync(join(journal.folder, 'c-3.jsonl'));
    const { changes, broken } = await journal.read();
    expect(changes.map((change) => change.id)).toEqual(['c-1']);
    expect(broken.map((one) => one.id)).toEqual(['c-2', 'c-3']);
  });

  it('says in words that the disk is full', () => {
    const full = openSync('/dev/full', 'w');
    expect(() => journal.signLockFile(full, 1)).toThrow(/E_IO/);
    closeSync(full);
    const change = new OpenChange('/dev/full', openSync('/dev/full', 'a'));
    expect(() => change.append(planned('c-1'))).toThrow(/E_IO.*no space is left on the disk/);
    change.close();
  });

  it('says where it cannot be', () => {
    writeFileSync(join(root, 'file'), '');
    const nowhere = new Journal(join(root, 'file', 'evenkeel'));
    expect(() => nowhere.create('c-1')).toThrow(/E_IO.*ENOTDIR/);
  });
});
