/** What the agent of this machine says fires: whom it is about, since when, why, and what to do. */
import './alerts.css';
import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { Sentence } from '../../base/sentence.ts';
import { Card } from '../card.tsx';
import type { AlertsDocument, IncidentDocument } from '../documents.ts';
import { evidenceText } from '../format.ts';
import { say, words } from '../language.ts';
import { sentenceOf } from '../measuring.ts';
import { ask } from '../server.ts';
import { tab, watch } from '../state.ts';

const EVERY_MS = 5000;

export function Alerts() {
  const alerts = useSignal<AlertsDocument | null>(null);
  const failure = useSignal<Sentence | null>(null);
  useEffect(() => {
    const stop = new AbortController();
    const load = async () => {
      try {
        alerts.value = await ask<AlertsDocument>('alerts', {}, stop.signal);
        failure.value = null;
      } catch (error) {
        if (!stop.signal.aborted) failure.value = sentenceOf(error);
      }
    };
    void load();
    const timer = setInterval(() => void load(), EVERY_MS);
    return () => {
      clearInterval(timer);
      stop.abort();
    };
  }, []);
  const shown = alerts.value;
  const title = words('Alerts', '알림');
  return (
    <>
      {failure.value === null ? null : <p class="notice bad w12">{say(failure.value)}</p>}
      {shown === null ? null : shown.state === 'running' ? (
        <Incidents host={shown.host} address={shown.address} incidents={shown.incidents} />
      ) : (
        <Card width={12} title={title}>
          <NoAgent address={shown.address} isForeign={shown.state === 'foreign'} />
        </Card>
      )}
    </>
  );
}

interface NoAgentProps {
  readonly address: string;
  readonly isForeign: boolean;
}

function NoAgent({ address, isForeign }: NoAgentProps) {
  return (
    <p class="notice">
      {isForeign
        ? words(
            `What answers at ${address} is no agent of keel; name the right address with `,
            `${address}에서 응답하는 것은 keel 에이전트가 아닙니다. 다음으로 주소를 지정하세요: `,
          )
        : words(
            `No agent answers at ${address}. To start one: `,
            `${address}에서 응답하는 에이전트가 없습니다. 시작하려면: `,
          )}
      <code>{isForeign ? 'keel serve --agent URL' : 'keel agent install'}</code>
      {isForeign ? null : (
        <>
          {words(', or until Ctrl-C: ', ', Ctrl-C까지만: ')}
          <code>keel agent agent.yaml</code>
        </>
      )}
    </p>
  );
}

interface IncidentsProps {
  readonly host: string;
  readonly address: string;
  readonly incidents: readonly IncidentDocument[];
}

const RANK: Readonly<Record<string, number>> = { critical: 0, warning: 1, info: 2 };

function Incidents({ host, address, incidents }: IncidentsProps) {
  const firing = incidents
    .filter(({ state }) => state === 'firing')
    .sort(
      (a, b) => (RANK[a.severity] ?? 3) - (RANK[b.severity] ?? 3) || (a.startedAt < b.startedAt ? 1 : -1),
    );
  const over = incidents.filter(({ state }) => state === 'resolved');
  return (
    <>
      <Card
        width={12}
        title={words('Alerts', '알림')}
        hint={words(`agent of ${host}, ${address}`, `${host}의 에이전트, ${address}`)}
      >
        <div aria-live="polite">
          {firing.length === 0 ? (
            <p class="hint">{words('Nothing fires.', '발생한 일이 없습니다.')}</p>
          ) : (
            firing.map((one) => <Incident key={one.id} incident={one} />)
          )}
        </div>
      </Card>
      {over.length === 0 ? null : (
        <Card
          width={12}
          title={words('Over', '끝난 일')}
          hint={words('since the agent started', '에이전트 시작 이후')}
        >
          {over.map((one) => (
            <Incident key={one.id} incident={one} />
          ))}
        </Card>
      )}
    </>
  );
}

const SEVERITIES: Readonly<Record<IncidentDocument['severity'], Sentence>> = {
  critical: { en: '! critical', ko: '! 심각' },
  warning: { en: '▲ warning', ko: '▲ 경고' },
  info: { en: 'i info', ko: 'i 정보' },
};

const ENDS: Readonly<Record<string, Sentence>> = {
  cleared: { en: 'clear again', ko: '정상으로 돌아옴' },
  gone: { en: 'the process ended', ko: '프로세스가 끝남' },
  unwatched: { en: 'no longer watched', ko: '더는 감시하지 않음' },
};

function Incident({ incident }: { readonly incident: IncidentDocument }) {
  const { severity, process, value, limit, peak, unit, endedAt, endedBecause } = incident;
  const end = ENDS[endedBecause ?? ''];
  return (
    <article class={`incident ${endedAt === null ? severity : ''}`} aria-label={incident.rule}>
      <h3>
        <span class="verdict">{say(SEVERITIES[severity])}</span> {incident.rule}
        {process === null ? ` · ${words('the machine', '컴퓨터')}` : ` · ${process.comm} ${process.tgid}`}
        {process?.unit == null ? null : <small> {process.unit}</small>}
      </h3>
      <p lang="en">{incident.summary}</p>
      <p class="hint">
        {words(
          `${evidenceText(value, unit)} now, ${evidenceText(peak, unit)} at most, above ${evidenceText(limit, unit)} (${incident.source})`,
          `현재 ${evidenceText(value, unit)}, 최고 ${evidenceText(peak, unit)}, 기준 ${evidenceText(limit, unit)} (${incident.source})`,
        )}
        {' · '}
        {new Date(incident.startedAt).toLocaleString()}
        {endedAt === null
          ? ''
          : ` – ${new Date(endedAt).toLocaleString()}${end === undefined ? '' : `: ${say(end)}`}`}
      </p>
      {incident.findings.length === 0 ? null : (
        <ul lang="en">
          {incident.findings.map(({ rule, summary, stack }) => (
            <li key={rule}>
              {summary}
              {stack.length === 0 ? null : <pre class="stack">{stack.join('\n')}</pre>}
            </li>
          ))}
        </ul>
      )}
      {incident.notExplained === null ? null : (
        <p class="hint">
          {words('Not explained further: ', '더 설명하지 못함: ')}
          <span lang="en">{incident.notExplained}</span>
        </p>
      )}
      {incident.remedies.map(({ text, command, undo }) => (
        <p key={text} class="remedy" lang="en">
          {text}
          {command === null ? null : <code>{command}</code>}
          {undo === null ? null : <small>undo: {undo}</small>}
        </p>
      ))}
      {process === null || endedAt !== null ? null : (
        <button
          type="button"
          class="btn small"
          onClick={() => {
            watch(String(process.tgid));
            tab.value = 'overview';
          }}
        >
          {words('Watch', '보기')}
        </button>
      )}
    </article>
  );
}
