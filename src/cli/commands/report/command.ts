/** `keel report`: one self-contained file about a process, to be forwarded. */
import { findTargets } from '../../../app/find-targets.ts';
import { readTopology } from '../../../app/read-topology.ts';
import { INCLUSIONS } from '../../../app/report-identity.ts';
import { refuseUnwritable, writeFileForUser } from '../../../app/write-file.ts';
import { KeelError } from '../../../base/errors.ts';
import type { Sentence } from '../../../base/sentence.ts';
import { shellWord } from '../../../base/shell-word.ts';
import { pageHtml } from '../../../report/html.ts';
import { pageMarkdown } from '../../../report/markdown.ts';
import type { Page } from '../../../report/page.ts';
import {
  type Context,
  type DocumentOutput,
  defineCommand,
  type Output,
  type StreamRecord,
} from '../../command.ts';
import { choices, duration, FORCE, text } from '../../options.ts';
import { formatBytes } from '../../output/format.ts';
import { safeName } from '../../output/look.ts';
import { wrap } from '../../output/wrap.ts';
import { lookAt, type Seen } from './look-at.ts';
import { type Offer, offerLine, offerOf, takeOffer } from './offer.ts';
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
    en: 'Watches the process as why, late and recommend do, all in the same window, and writes what they found. The HTML opens without a network and prints on A4; .md and .json by the name of the file. No command line and no host name are in it without --include. Changes nothing; on a terminal it offers at the end what it advises, and asks.',
    ko: 'why, late, recommend처럼 같은 시간 동안 프로세스를 관찰하고 결과를 씁니다. HTML은 네트워크 없이 열리고 A4에 인쇄됩니다. 파일 이름이 .md나 .json이면 그 형식으로 씁니다. 명령줄과 호스트 이름은 --include가 없으면 들어가지 않습니다. 아무것도 바꾸지 않으며, 터미널에서는 마지막에 조언한 변경을 적용할지 묻습니다.',
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
    include: choices(
      '--include <what>',
      {
        en: 'what is left out otherwise: commands (command line; may hold secrets), host (its name)',
        ko: '보통은 빠지는 것: commands(명령줄, 비밀이 있을 수 있음), host(호스트 이름)',
      },
      INCLUSIONS,
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
    const seen = await lookAt(context, target, durationNs, options.include ?? []).finally(progress.stop);
    const page = reportPage(seen, readTopology(host), context.look);
    const content = {
      html: () => pageHtml(page, context.look.language),
      md: () => pageMarkdown(page, context.look.language),
      json: () => `${JSON.stringify(reportJson(seen), null, 2)}\n`,
    }[form]();
    if (file === '-') return { kind: 'raw', text: content };
    writeFileForUser(file, content, isForced, otherName);
    const written = writtenOutput(seen, file, content, page);
    const offer = context.canAsk ? offerOf(seen.recommended) : null;
    return offer === null ? written : withOffer(written, offer, context);
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
  { late, identity }: Seen,
  file: string,
  content: string,
  { verdict, second }: Page,
): DocumentOutput {
  const sizeBytes = Buffer.byteLength(content);
  const size = `${safeName(file)}, ${formatBytes(sizeBytes)}`;
  const inside = insideSentence(identity);
  const written = {
    en: `${size}, one file, no network; ${inside.en}`,
    ko: `${size}, 네트워크가 필요 없는 파일 하나. ${inside.ko}`,
  };
  return {
    kind: 'document',
    json: {
      schema: 'keel.report.file/1',
      file,
      sizeBytes,
      tgid: late.target.tgid,
      comm: late.target.comm,
      verdict: verdict.en,
      machine: second?.en ?? null,
    },
    lines: (look) => [
      ...wrap(look.say(verdict), look.width).map(look.colors.bold),
      ...(second === null ? [] : wrap(look.say(second), look.width)),
      ...wrap(look.say(written), look.width),
    ],
  };
}

/** Whoever forwards it should know what is in it. */
function insideSentence({ hostName, commandLine }: Seen['identity']): Sentence {
  if (hostName !== null && commandLine !== null)
    return { en: 'with the command line and the host name', ko: '명령줄과 호스트 이름 포함' };
  if (hostName !== null)
    return { en: 'with the host name, without the command line', ko: '호스트 이름 포함, 명령줄 없음' };
  if (commandLine !== null)
    return { en: 'with the command line, without the host name', ko: '명령줄 포함, 호스트 이름 없음' };
  return { en: 'no command line or host name inside', ko: '명령줄과 호스트 이름은 없음' };
}

/** What was written is told before the question. */
function withOffer(written: DocumentOutput, offer: Offer, context: Context): Output {
  async function* records(): AsyncIterable<StreamRecord> {
    yield { lines: (look) => [...written.lines(look), '', ...wrap(look.say(offerLine(offer)), look.width)] };
    const taken = await takeOffer(offer, context);
    // Declined is an answer to the offer, and no failure of the report.
    if (taken?.kind === 'document') yield { lines: taken.lines };
  }
  return { kind: 'stream', records: records() };
}
