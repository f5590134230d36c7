/** `keel report`: one self-contained file about a process, to be forwarded. */
import { findTargets } from '../../../app/find-targets.ts';
import { readTopology } from '../../../app/read-topology.ts';
import { refuseUnwritable, writeFileForUser } from '../../../app/write-file.ts';
import { KeelError } from '../../../base/errors.ts';
import type { Sentence } from '../../../base/sentence.ts';
import { shellWord } from '../../../base/shell-word.ts';
import { pageHtml } from '../../../report/html.ts';
import { pageMarkdown } from '../../../report/markdown.ts';
import { defineCommand, type Json, type Output } from '../../command.ts';
import { duration, FORCE, text } from '../../options.ts';
import { formatBytes } from '../../output/format.ts';
import { type Look, safeName } from '../../output/look.ts';
import { wrap } from '../../output/wrap.ts';
import { lookAt, type Seen } from './look-at.ts';
import { reportJson, reportPage } from './page.ts';

const DEFAULT_NS = 30e9;
const DEFAULT_FILE = 'report.html';
const FORMS = ['html', 'md', 'json'] as const;
type Form = (typeof FORMS)[number];

export default defineCommand({
  name: 'report',
  summary: {
    en: 'one self-contained file about a process, to forward: verdict, evidence, what to do, limits',
    ko: '프로세스에 대한 전달용 보고서 파일 하나: 결론, 근거, 할 일, 한계',
  },
  details: {
    en: 'Watches the process as why, late and recommend do, all in the same window, and writes what they found. The HTML opens without a network and prints on A4; .md and .json by the name of the file. No command lines and no host name are in it. Changes nothing.',
    ko: 'why, late, recommend처럼 같은 시간 동안 프로세스를 관찰하고 결과를 씁니다. HTML은 네트워크 없이 열리고 A4에 인쇄됩니다. 파일 이름이 .md나 .json이면 그 형식으로 씁니다. 명령줄과 호스트 이름은 들어가지 않습니다. 아무것도 바꾸지 않습니다.',
  },
  arguments: [
    {
      name: '<target>',
      describe: { en: 'a process: PID, name, unit:NAME, ...', ko: '프로세스: PID, 이름, unit:NAME 등' },
      completes: 'target',
    },
  ],
  options: {
    for: duration('--for <duration>', { en: 'how long to watch (30s)', ko: '관찰 시간 (30s)' }, 1e9),
    out: text(
      '-o, --out <file>',
      {
        en: `the file: .html, .md or .json (${DEFAULT_FILE}); - is stdout, HTML`,
        ko: `저장할 파일: .html, .md, .json (${DEFAULT_FILE}). -는 표준 출력(HTML)`,
      },
      'file',
    ),
    force: FORCE,
  },
  examples: [
    {
      line: 'keel report arena -o arena.html',
      does: { en: 'half a minute of one process, as a page', ko: '프로세스 하나를 30초간 관찰한 페이지' },
    },
    {
      line: 'keel report arena --lang ko --for 2m',
      does: {
        en: 'in Korean; longer windows see rarer things',
        ko: '한국어로. 길게 볼수록 드문 일도 보입니다',
      },
    },
  ],
  async run({ args, options, context }) {
    const file = options.out ?? DEFAULT_FILE;
    const form = formOf(file);
    const isForced = options.force === true;
    const otherName = otherNameFor(args[0] ?? '', file);
    // Nobody should wait for a report that has nowhere to go.
    if (file !== '-') refuseUnwritable(file, isForced, otherName);
    const host = context.openLive();
    const [target] = findTargets(host, args[0] ?? '', { all: false, command: 'report' });
    if (target === undefined) throw new Error('findTargets yields at least one');
    const durationNs = options.for ?? DEFAULT_NS;
    const progress = context.progress({ en: 'watching', ko: '관찰 중' }, durationNs);
    const seen = await lookAt(context, target, durationNs).finally(progress.stop);
    const page = reportPage(seen, readTopology(host), context.look);
    const content = {
      html: () => pageHtml(page, context.look.language),
      md: () => pageMarkdown(page, context.look.language),
      json: () => `${JSON.stringify(reportJson(seen), null, 2)}\n`,
    }[form]();
    if (file === '-') return { kind: 'raw', text: content };
    writeFileForUser(file, content, isForced, otherName);
    return writtenOutput(seen, file, content, page.verdict, context.look);
  },
});

function otherNameFor(target: string, file: string): Sentence {
  const line = `keel report ${shellWord(target)} -o ${shellWord(file)} --force`;
  return {
    en: `Another name (-o), or to replace it: ${line}`,
    ko: `다른 이름(-o)을 쓰거나 덮어쓰기: ${line}`,
  };
}

/** @throws KeelError E_USAGE for a name of another kind */
function formOf(file: string): Form {
  if (file === '-') return 'html';
  const form = FORMS.find((one) => file.toLowerCase().endsWith(`.${one}`));
  if (form !== undefined) return form;
  throw new KeelError('E_USAGE', {
    what: {
      en: `the name of a report ends in .html, .md or .json: ${file}`,
      ko: `보고서 이름은 .html, .md, .json으로 끝나야 합니다: ${file}`,
    },
    next: [verbatimNext(`--out ${shellWord(`${file}.html`)}`)],
  });
}

function verbatimNext(text: string) {
  return { en: text, ko: text };
}

function writtenOutput(
  seen: Seen,
  file: string,
  content: string,
  verdict: Parameters<Look['say']>[0],
  look: Look,
): Output {
  const sizeBytes = Buffer.byteLength(content);
  const json: { schema: string; [key: string]: Json | undefined } = {
    schema: 'keel.report.file/1',
    file,
    sizeBytes,
    tgid: seen.late.target.tgid,
    comm: seen.late.target.comm,
    verdict: verdict.en,
  };
  const written = {
    en: `${safeName(file)}, ${formatBytes(sizeBytes)}, one file, no network; no command lines or host name inside`,
    ko: `${safeName(file)}, ${formatBytes(sizeBytes)}, 네트워크가 필요 없는 파일 하나. 명령줄과 호스트 이름은 없음`,
  };
  return {
    kind: 'document',
    json,
    lines: () => [
      ...wrap(look.say(verdict), look.width).map(look.colors.bold),
      ...wrap(look.say(written), look.width),
    ],
  };
}
