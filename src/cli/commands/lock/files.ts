/** `keel lock --files`: its files kept in memory by a process of ours; the plan with its price, and what came of it. */
import type { FoundTarget } from '../../../app/find-targets.ts';
import { type FilesLocked, lockFiles } from '../../../app/lock-files.ts';
import { type FileLockPlan, planFileLock } from '../../../app/plan-file-lock.ts';
import type { Workshop } from '../../../app/workshop.ts';
import { GapList, isMissing, mapMaybe } from '../../../base/missing.ts';
import { plural, type Sentence } from '../../../base/sentence.ts';
import { shellWord } from '../../../base/shell-word.ts';
import type { Context, DocumentOutput } from '../../command.ts';
import { unreadableMemory } from '../../memory-errors.ts';
import { formatBytes, formatDuration } from '../../output/format.ts';
import { cutMiddle, type Look, padEnd, safeName } from '../../output/look.ts';
import { markedLines, planTitle } from '../../output/plan-lines.ts';
import { wrap } from '../../output/wrap.ts';

interface FilesRequest {
  /** As it was typed, for the journal. */
  readonly name: string;
  readonly only: readonly string[] | null;
  readonly isDry: boolean;
  readonly endsAfterNs: number | null;
}

export async function keepFilesOf(
  workshop: Workshop,
  context: Context,
  target: FoundTarget,
  { name, only, isDry, endsAfterNs }: FilesRequest,
): Promise<DocumentOutput> {
  const plan = planFileLock(workshop, { target, only });
  if (isMissing(plan)) throw unreadableMemory(target, plan, 'lock');
  if (isDry) return output(plan, 'planned', endsAfterNs, null);
  const lines = planLines(plan, endsAfterNs, false, context.look);
  if (!(await context.confirm(lines, { en: 'Apply?', ko: '적용할까요?' }))) {
    return output(plan, 'declined', endsAfterNs, null);
  }
  const words = [
    'lock',
    shellWord(name),
    '--files',
    ...(only ?? []).flatMap((one) => ['--mapping', shellWord(one)]),
  ];
  const locked = await lockFiles(workshop, plan, words.join(' '), endsAfterNs);
  const outcome = locked.keptBytes === plan.bytes ? 'applied' : 'mismatch';
  return output(plan, outcome, endsAfterNs, locked);
}

type Outcome = 'planned' | 'declined' | 'applied' | 'mismatch';

function output(
  plan: FileLockPlan,
  outcome: Outcome,
  endsAfterNs: number | null,
  locked: FilesLocked | null,
): DocumentOutput {
  return {
    kind: 'document',
    json: json(plan, outcome, endsAfterNs, locked),
    lines: (look) => {
      if (outcome === 'declined')
        return [look.say({ en: 'Nothing was changed.', ko: '아무것도 바꾸지 않았습니다.' })];
      return locked === null ? planLines(plan, endsAfterNs, true, look) : lockedLines(plan, locked, look);
    },
    ...(outcome === 'declined' || outcome === 'mismatch' ? { exitCode: 1 } : {}),
  };
}

function json(plan: FileLockPlan, outcome: Outcome, endsAfterNs: number | null, locked: FilesLocked | null) {
  const gaps = new GapList();
  const change = locked?.applied.change?.id ?? null;
  return {
    schema: 'keel.lock.files/1',
    outcome,
    change,
    tgid: plan.target.tgid,
    comm: plan.target.comm,
    bytes: plan.bytes,
    cachedBytes: plan.cachedBytes,
    files: plan.files.map(({ mapping, bytes, cachedBytes }) => ({ path: mapping.path, bytes, cachedBytes })),
    left: plan.left.map(({ path, bytes, because }) => ({
      path,
      bytes,
      because: because.detail ?? because.missing,
    })),
    otherResidentBytes: plan.otherResidentBytes,
    availableBytes: plan.availableBytes,
    limit: gaps.take(
      'limit',
      mapMaybe(plan.limit, ({ soft, hard }) => ({ softBytes: String(soft), hardBytes: String(hard) })),
    ),
    exempt: plan.isExempt,
    keeper: locked === null ? null : locked.keeper.tgid,
    keptBytes: locked?.keptBytes ?? null,
    readFirstNs: locked === null || locked.warmedNs === null ? null : Math.round(locked.warmedNs),
    endsAfterNs,
    undo: change === null ? null : `keel undo ${change}`,
    gaps: gaps.gaps.map((gap) => ({ ...gap })),
  };
}

/** Beyond these the rest is a sum. */
const SHOWN_FILES = 8;

function planLines(plan: FileLockPlan, endsAfterNs: number | null, isDry: boolean, look: Look): string[] {
  const name = `${safeName(plan.target.comm)} ${plan.target.tgid}`;
  const own = endsAfterNs === null ? null : formatDuration(endsAfterNs, look.unicode);
  return [
    planTitle(plan.id, isDry, look),
    ...markedLines('+', look.say(priceSentence(plan, name)), look),
    ...fileLines(plan, look),
    ...cautions(plan).flatMap((caution) => markedLines('!', look.say(caution), look)),
    ...wrap(
      look.say({
        en: `Plan: ${name} is not touched.  undo: keel undo ${plan.id}${own === null ? '' : `, or itself in ${own}`}`,
        ko: `계획: ${name}은(는) 건드리지 않습니다.  되돌리기: keel undo ${plan.id}${own === null ? '' : `, 또는 ${own} 뒤 저절로`}`,
      }),
      look.width,
    ),
  ];
}

function priceSentence({ files, bytes, cachedBytes }: FileLockPlan, name: string): Sentence {
  const total = formatBytes(bytes);
  const [there, missing] = [cachedBytes ?? 0, bytes - (cachedBytes ?? 0)].map(formatBytes);
  const known = cachedBytes !== null;
  return {
    en: `a process of keel's own locks ${plural(files.length, 'file')} of ${name}, ${total} of the page cache${known ? `   (${there} there already, ${missing} to be read)` : ', as much of it to be read as is not there'}`,
    ko: `keel의 별도 프로세스가 ${name}의 파일 ${files.length}개, 페이지 캐시 ${total}를 잠급니다${known ? `   (${there}는 이미 있음, ${missing}는 읽어야 함)` : '. 없는 만큼 읽어야 합니다'}`,
  };
}

function fileLines({ files }: FileLockPlan, look: Look): readonly string[] {
  const bySize = files.toSorted((a, b) => b.bytes - a.bytes);
  const rest = bySize.slice(SHOWN_FILES);
  const rows = bySize.slice(0, SHOWN_FILES).map(({ mapping, bytes }) => {
    const path = cutMiddle(safeName(mapping.path), look.width - 18, look.unicode);
    return `    ${padEnd(formatBytes(bytes), 10)}  ${path}`;
  });
  if (rest.length === 0) return rows;
  const bytes = formatBytes(rest.reduce((sum, file) => sum + file.bytes, 0));
  return [
    ...rows,
    `    ${padEnd(bytes, 10)}  ${look.say({ en: `in ${rest.length} more: --json`, ko: `그 밖에 ${rest.length}개: --json` })}`,
  ];
}

function cautions(plan: FileLockPlan): readonly Sentence[] {
  const { availableBytes, bytes, left, otherResidentBytes, target } = plan;
  const result: Sentence[] = [];
  if (availableBytes !== null) {
    const [now, then] = [availableBytes, Math.max(0, availableBytes - bytes)].map(formatBytes);
    result.push({
      en: `${now} of memory are available; after this ${then}. The process itself takes some 55 MiB`,
      ko: `쓸 수 있는 메모리 ${now}. 적용 뒤 ${then}. 프로세스 자체도 약 55 MiB를 씁니다`,
    });
  }
  const [first] = left;
  if (first !== undefined) {
    const amount = formatBytes(left.reduce((sum, file) => sum + file.bytes, 0));
    const why = safeName(first.because.detail ?? first.because.missing);
    result.push({
      en: `${plural(left.length, 'file')} left out, ${amount}: ${safeName(first.path)} (${why})${left.length > 1 ? ' and others' : ''}`,
      ko: `파일 ${left.length}개, ${amount}는 뺍니다: ${safeName(first.path)} (${why})${left.length > 1 ? ' 등' : ''}`,
    });
  }
  result.push({
    en: `only files: its ${formatBytes(otherResidentBytes)} of other memory, and its own copies of pages it wrote to, may still be put out (keel lock ${target.tgid})`,
    ko: `파일만 해당합니다. 그 밖의 메모리 ${formatBytes(otherResidentBytes)}와 직접 고쳐 쓴 페이지의 사본은 여전히 빠져나갈 수 있습니다 (keel lock ${target.tgid})`,
  });
  return result;
}

function lockedLines(
  plan: FileLockPlan,
  { applied, keeper, keptBytes, warmedNs }: FilesLocked,
  look: Look,
): string[] {
  const id = applied.change?.id ?? plan.id;
  const kept = formatBytes(keptBytes);
  const read = warmedNs === null ? null : formatDuration(warmedNs, look.unicode);
  const lines: Sentence[] = [
    {
      en: `${id} applied, read back: process ${keeper.tgid} keeps ${kept} (VmLck)${read === null ? '' : `; what had to be read was read in ${read}`}.`,
      ko: `${id} 적용, 확인: 프로세스 ${keeper.tgid}이(가) ${kept}를 유지합니다(VmLck)${read === null ? '' : `. 읽어야 할 것은 ${read} 동안 읽었습니다`}.`,
    },
    {
      en: `It ends by itself when ${safeName(plan.target.comm)} ${plan.target.tgid} does. undo: keel undo ${id}`,
      ko: `${safeName(plan.target.comm)} ${plan.target.tgid}이(가) 끝나면 저절로 끝납니다. 되돌리기: keel undo ${id}`,
    },
  ];
  if (keptBytes !== plan.bytes) {
    lines.push({
      en: `! It keeps another amount than the ${formatBytes(plan.bytes)} that were planned`,
      ko: `! 계획한 ${formatBytes(plan.bytes)}와 다릅니다`,
    });
  }
  return lines.flatMap((line) => wrap(look.say(line), look.width));
}
