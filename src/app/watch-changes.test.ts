import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { JournalRecord } from '../actions/change.ts';
import { Journal } from '../actions/journal.ts';
import { NO_FACTS } from '../host/facts.ts';
import { Host } from '../host/host.ts';
import { MemorySource } from '../host/memory.ts';
import { ChangeWatch } from './watch-changes.ts';

const host = new Host('live', { ...NO_FACTS, bootId: 'now' }, MemorySource.ofFiles({}));
const FIRST = '2030-01-02T03:04:05.000Z';
const LATER = '2030-01-02T03:05:05.000Z';

let root: string;
let journal: Journal;
let watch: ChangeWatch;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'keel-changes-'));
  journal = new Journal(join(root, 'evenkeel'));
  watch = new ChangeWatch(host, { XDG_STATE_HOME: root });
});
afterEach(() => rmSync(root, { recursive: true }));

function write(bootId: string, ...records: readonly JournalRecord[]): string {
  const id = journal.nextId();
  const log = journal.create(id);
  const by = { tgid: 1, startTicks: 2n };
  const parts = { steps: [], processes: [], coversAll: false, dueBootNs: null };
  log.append({ record: 'planned', id, bootId, at: FIRST, by, command: `pin ${id}`, ...parts });
  for (const record of records) log.append(record);
  log.close();
  return id;
}

describe('changes followed', () => {
  it('are none before there is a journal', async () => {
    expect(await watch.read()).toEqual([]);
  });

  it('are those of this boot, the newest first, with their ends', async () => {
    write('before', { record: 'applied', at: FIRST });
    write('now', { record: 'applied', at: FIRST }, { record: 'undone', at: LATER });
    write('now', { record: 'applied', at: FIRST });
    expect(await watch.read()).toEqual([
      { id: 'c-3', command: 'pin c-3', state: 'active', unixMs: Date.parse(FIRST), endedUnixMs: null },
      {
        id: 'c-2',
        command: 'pin c-2',
        state: 'undone',
        unixMs: Date.parse(FIRST),
        endedUnixMs: Date.parse(LATER),
      },
    ]);
  });

  it('show what came since, and are not read again where nothing did', async () => {
    const id = write('now', { record: 'applied', at: FIRST });
    const first = await watch.read();
    expect(await watch.read()).toBe(first);
    const log = journal.open(id);
    log.append({ record: 'undone', at: LATER });
    log.close();
    expect(await watch.read()).toMatchObject([{ id, state: 'undone' }]);
  });

  it('keep all that are active and few that have ended', async () => {
    const active = write('now', { record: 'applied', at: FIRST });
    for (let i = 0; i < 12; i += 1) write('now', { record: 'undone', at: LATER });
    const ids = ((await watch.read()) as readonly { id: string }[]).map((one) => one.id);
    expect(ids).toEqual(['c-13', 'c-12', 'c-11', 'c-10', 'c-9', 'c-8', 'c-7', 'c-6', active]);
  });

  it('are missing where the journal cannot be trusted, and of a capture', async () => {
    write('now');
    chmodSync(journal.folder, 0o777);
    expect(await watch.read()).toMatchObject({ missing: 'unreadable' });
    const captured = new Host('captured', NO_FACTS, MemorySource.ofFiles({}));
    expect(await new ChangeWatch(captured, { XDG_STATE_HOME: root }).read()).toMatchObject({
      missing: 'not-captured',
    });
  });
});
