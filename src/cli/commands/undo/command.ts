/** `keel undo`: puts a change back exactly. */

import {
  listChanges,
  previewUndoOne,
  undoOne,
  undoStale,
  undoWhenDue,
  undoWhenOrphaned,
} from '../../../app/undo-changes.ts';
import { openWorkshop, type Workshop } from '../../../app/workshop.ts';
import { KeelError } from '../../../base/errors.ts';
import type { Host } from '../../../host/host.ts';
import { defineCommand } from '../../command.ts';
import { DRY_RUN, flag } from '../../options.ts';
import { listOutput, undoneOutput } from './render.ts';

export default defineCommand({
  name: 'undo',
  summary: {
    en: 'put a change back exactly as it was, thread by thread',
    ko: '변경을 스레드마다 원래대로 정확히 되돌립니다',
  },
  details: {
    en: 'Without a change, the only active one. Acts at once. A thread that somebody else changed since makes it refuse, unless --force.',
    ko: '변경을 지정하지 않으면 적용 중인 하나를 되돌립니다. 묻지 않고 바로 실행합니다. 그 사이 다른 누군가가 바꾼 스레드가 있으면 --force 없이는 되돌리지 않습니다.',
  },
  arguments: [
    {
      name: '[change]',
      describe: { en: 'its id, such as c-17', ko: '변경 ID (예: c-17)' },
      completes: 'change',
    },
  ],
  options: {
    list: flag('--list', { en: 'show the changes of the journal', ko: '저널의 변경 목록' }),
    stale: flag('--stale', {
      en: 'every change that was cut off, or that is due and has no guardian any more',
      ko: '중간에 끊겼거나, 시간이 지났는데 되돌릴 프로세스가 없는 모든 변경',
    }),
    force: flag('--force', {
      en: 'also threads that somebody else changed since',
      ko: '그 사이 다른 누군가가 바꾼 스레드도 되돌림',
    }),
    dryRun: DRY_RUN,
    whenDue: flag('--when-due', {
      en: 'wait until the time of the change has come, then undo it: what the guardian of --for runs',
      ko: '변경의 기한까지 기다린 뒤 되돌림 (--for의 감시 프로세스가 실행하는 것)',
    }),
    whenOrphaned: flag('--when-orphaned', {
      en: 'wait until standard input is closed, then undo it: what the guardian of a trial runs',
      ko: '표준 입력이 닫힐 때까지 기다린 뒤 되돌림 (시험의 감시 프로세스가 실행하는 것)',
    }),
  },
  examples: [
    { line: 'keel undo', does: { en: 'the only active change', ko: '적용 중인 변경 하나' } },
    { line: 'keel undo c-17', does: { en: 'this one', ko: '이 변경' } },
    {
      line: 'keel undo c-17 --dry-run',
      does: { en: 'see what would be put back', ko: '되돌릴 내용 미리 보기' },
    },
    { line: 'keel undo --stale', does: { en: 'after a crash', ko: '비정상 종료 뒤 정리' } },
  ],
  async run({ args, options, context }) {
    const workshop = openWorkshop(context.openLive() as Host, context);
    const [id] = args;
    if (options.list) return listOutput(await listChanges(workshop), workshop.bootNowNs());
    const undo = options.dryRun === true ? previewUndoOne : undoOne;
    if (options.stale) return undoneOutput(await undoStale(workshop, undo));
    const isGuardian = options.dryRun !== true;
    if (isGuardian && options.whenDue && id !== undefined) {
      const undone = await undoWhenDue(workshop, id);
      return undoneOutput(undone === null ? [] : [undone]);
    }
    if (isGuardian && options.whenOrphaned && id !== undefined) {
      const undone = await undoWhenOrphaned(workshop, id, standardInputClosed());
      return undoneOutput(undone === null ? [] : [undone]);
    }
    const change = id ?? (await onlyActive(workshop));
    if (change === null) return undoneOutput([]);
    return undoneOutput([await undo(workshop, change, options.force ? 'overwrite' : 'refuse')]);
  },
});

/** A pipe whose other end has gone ends, or fails; either way nobody is there any more. */
function standardInputClosed(): Promise<void> {
  return new Promise((resolve) => {
    process.stdin.once('end', resolve).once('close', resolve).once('error', resolve).resume();
  });
}

/** @throws KeelError E_USAGE where several are active */
async function onlyActive(workshop: Workshop): Promise<string | null> {
  const { changes } = await listChanges(workshop);
  const active = changes.filter((one) => one.isActive);
  const [first] = active;
  if (active.length <= 1) return first?.change.id ?? null;
  throw new KeelError('E_USAGE', {
    what: {
      en: `${active.length} changes are active; name one`,
      ko: `적용 중인 변경이 ${active.length}개 있습니다. 하나를 지정하세요`,
    },
    next: active.map(({ change }) => {
      const line = `   keel undo ${change.id}     ${change.command}`;
      return { en: line, ko: line };
    }),
  });
}
