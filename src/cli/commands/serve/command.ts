/** `keel serve`: the dashboard, on loopback. */
import { HistoryBrowser } from '../../../app/browse-history.ts';
import { findTargets } from '../../../app/find-targets.ts';
import { listProcesses } from '../../../app/list-targets.ts';
import { listTrials } from '../../../app/list-trials.ts';
import { takerFor } from '../../../app/snapshot-taker.ts';
import { stateFolder } from '../../../app/state-folder.ts';
import { ChangeWatch } from '../../../app/watch-changes.ts';
import { watchFrames } from '../../../app/watch-frames.ts';
import { KeelError } from '../../../base/errors.ts';
import type { WatchFrame } from '../../../model/watch/frame.ts';
import { newToken } from '../../../web/access.ts';
import { AGENT_ADDRESS, readAgentAlerts } from '../../../web/agent-alerts.ts';
import { createAuditLog } from '../../../web/audit-log.ts';
import { createDashboard } from '../../../web/dashboard.ts';
import { Feeds } from '../../../web/feeds.ts';
import { hostsFor, isLoopback } from '../../../web/hosts.ts';
import { createRunner } from '../../../web/keel-runner.ts';
import { type Certificate, listen } from '../../../web/listen.ts';
import { readPageFiles } from '../../../web/page-files.ts';
import { type Context, defineCommand } from '../../command.ts';
import { duration, flag, text, wholeNumber } from '../../options.ts';
import { servedRecords } from './render.ts';

const DEFAULT_PORT = 7780;
const DEFAULT_EVERY_NS = 1e9;
/** Ten minutes at one a second, for those who open the page later. */
const REMEMBERED_FRAMES = 600;
const WAITING_FRAMES = 30;

export default defineCommand({
  name: 'serve',
  summary: {
    en: 'the dashboard: a page in the browser, on this machine only unless told otherwise',
    ko: '대시보드: 브라우저로 보는 화면. 따로 지정하지 않으면 이 컴퓨터에서만 열립니다',
  },
  details: {
    en: 'Prints an address with a token; nothing is answered without it. The page only shows; with --allow-changes it can also pin and undo, for which a second token is asked. Each change is journaled as on the command line, and noted in an audit log. Measures only while somebody looks. Ends with Ctrl-C.',
    ko: '토큰이 든 주소를 출력하며, 토큰 없이는 응답하지 않습니다. 화면은 보기 전용입니다. --allow-changes를 주면 고정과 되돌리기도 할 수 있고 이때 두 번째 토큰을 묻습니다. 모든 변경은 명령으로 할 때처럼 저널에 남고 감사 로그에도 기록됩니다. 누군가 보고 있을 때만 측정합니다. Ctrl-C로 끝냅니다.',
  },
  arguments: [
    {
      name: '[target]',
      describe: {
        en: 'the process to open with; another can be chosen on the page',
        ko: '처음에 보여 줄 프로세스. 화면에서 바꿀 수 있습니다',
      },
      completes: 'target',
    },
  ],
  options: {
    port: wholeNumber(
      '--port <n>',
      { en: `the port, 0 for a free one (${DEFAULT_PORT})`, ko: `포트. 0이면 빈 포트 (${DEFAULT_PORT})` },
      0,
      65_535,
    ),
    listen: text('--listen <address>', {
      en: 'the address to listen on (127.0.0.1)',
      ko: '열 주소 (127.0.0.1)',
    }),
    hostName: {
      flags: '--host-name <name>',
      describe: { en: 'a further name the page is called by', ko: '페이지를 여는 다른 이름' },
      repeatable: true as const,
      parse: (name: string) => name,
    },
    allowChanges: flag('--allow-changes', {
      en: 'the page can pin and undo, with a second token',
      ko: '화면에서 고정하고 되돌릴 수 있게 함 (두 번째 토큰 필요)',
    }),
    tlsCert: text(
      '--tls-cert <file>',
      { en: 'certificate chain in PEM: HTTPS', ko: 'PEM 인증서: HTTPS 사용' },
      'file',
    ),
    tlsKey: text('--tls-key <file>', { en: 'its private key in PEM', ko: '인증서의 개인 키(PEM)' }, 'file'),
    agent: {
      flags: '--agent <url>',
      describe: {
        en: `where the agent answers whose alerts are shown (${AGENT_ADDRESS})`,
        ko: `알림을 가져올 에이전트의 주소 (${AGENT_ADDRESS})`,
      },
      parse: agentAddress,
    },
    every: duration('--every <interval>', { en: 'how often (1s)', ko: '간격 (1s)' }, 100e6),
  },
  examples: [
    {
      line: 'keel serve',
      does: { en: 'the machine, and any of its processes', ko: '컴퓨터와 그 프로세스들' },
    },
    { line: 'keel serve arena', does: { en: 'opens with arena', ko: 'arena를 먼저 보여 줌' } },
    {
      line: 'keel serve arena --allow-changes --port 0',
      does: { en: 'changes allowed, on a free port', ko: '변경 허용, 빈 포트' },
    },
  ],
  async run({ args, options, context }) {
    const [target = null] = args;
    const { host } = context.open();
    if (target !== null) findTargets(host, target, { all: false, command: 'serve' });
    const address = options.listen ?? '127.0.0.1';
    const certificate = certificateOf(options.tlsCert, options.tlsKey);
    if (!isLoopback(address) && certificate === null) throw openToTheNetwork(address);
    const hosts = new Set<string>();
    const rules = {
      hosts,
      scheme: certificate === null ? ('http' as const) : ('https' as const),
      viewToken: newToken(),
      changeToken: options.allowChanges === true ? newToken() : null,
    };
    const folder = stateFolder(context.env, process.geteuid?.() === 0);
    const app = createDashboard({
      rules,
      files: readPageFiles(pageFolder()),
      feeds: new Feeds((text) => feedPlan(context, text, options.every ?? DEFAULT_EVERY_NS)),
      keel: createRunner({
        node: process.execPath,
        nodeArguments: process.execArgv,
        script: process.argv[1] ?? '',
      }),
      audit: createAuditLog(folder),
      processes: () => listProcesses(host),
      trials: () => listTrials(folder),
      alerts: () => readAgentAlerts(options.agent ?? AGENT_ADDRESS),
      history: new HistoryBrowser(context.env),
      session: { schema: 'keel.session/1', target, everyNs: options.every ?? DEFAULT_EVERY_NS },
      now: () => new Date().toISOString(),
      nowNs: () => context.clock.monotonicNs(),
    });
    const listening = await listen(app, { address, port: options.port ?? DEFAULT_PORT, certificate });
    // The port is known only now, where a free one was asked for.
    for (const name of hostsFor(address, listening.port, options.hostName ?? [])) hosts.add(name);
    return { kind: 'stream', records: servedRecords({ address, listening, rules, signal: context.signal }) };
  },
});

/** @throws KeelError E_USAGE for what is no address of a server */
function agentAddress(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url?.protocol === 'http:' || url?.protocol === 'https:') return url.origin;
  throw new KeelError('E_USAGE', {
    what: {
      en: `--agent takes an address such as ${AGENT_ADDRESS}, not "${text}"`,
      ko: `--agent에는 ${AGENT_ADDRESS} 같은 주소를 지정합니다. "${text}"은(는) 주소가 아닙니다`,
    },
  });
}

function feedPlan(context: Context, target: string, everyNs: number) {
  return {
    remembered: REMEMBERED_FRAMES,
    waiting: WAITING_FRAMES,
    open(signal: AbortSignal): AsyncIterable<WatchFrame> {
      const opened = context.open();
      const targets = findTargets(opened.host, target, { all: false, command: 'serve' });
      const taker = takerFor(opened.host, targets, undefined);
      return watchFrames(opened, context.clock, {
        targets,
        everyNs,
        durationNs: null,
        signal,
        taker,
        latencies: true,
        judged: true,
        changes: new ChangeWatch(opened.host, context.env),
      });
    },
  };
}

/** Beside the bundle; from the sources, where the build puts it. */
function pageFolder(): string {
  const isBundle = !import.meta.url.endsWith('.ts');
  const relative = isBundle ? './page/' : '../../../../dist/page/';
  return new URL(relative, import.meta.url).pathname.replace(/\/$/, '');
}

/** @throws KeelError E_USAGE for half of it */
function certificateOf(certFile: string | undefined, keyFile: string | undefined): Certificate | null {
  if (certFile === undefined && keyFile === undefined) return null;
  if (certFile !== undefined && keyFile !== undefined) return { certFile, keyFile };
  throw new KeelError('E_USAGE', {
    what: {
      en: '--tls-cert and --tls-key belong together; one of them is missing',
      ko: '--tls-cert와 --tls-key는 함께 써야 합니다. 하나가 빠졌습니다',
    },
  });
}

function openToTheNetwork(address: string): KeelError {
  return new KeelError('E_USAGE', {
    what: {
      en: `${address} can be reached from elsewhere, and without HTTPS the token could be read on the way`,
      ko: `${address}는 밖에서 닿을 수 있는 주소이고, HTTPS가 아니면 전송 중에 토큰이 노출될 수 있습니다`,
    },
    next: [
      {
        en: `keel serve --listen ${address} --tls-cert FILE --tls-key FILE`,
        ko: `keel serve --listen ${address} --tls-cert FILE --tls-key FILE`,
      },
      {
        en: 'or leave it on loopback and use ssh -L 7780:127.0.0.1:7780',
        ko: '또는 루프백에 두고 ssh -L 7780:127.0.0.1:7780 사용',
      },
    ],
  });
}
