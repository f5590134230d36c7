/** The bar on top: what is watched and how that goes, language and theme, the tabs. */
import { useEffect, useRef } from 'preact/hooks';
import type { Sentence } from '../base/sentence.ts';
import { language, say, words } from './language.ts';
import { connection, dropped, isPaused, lastTarget, pause, TABS, type Tab, tab, target } from './state.ts';
import { THEMES, theme } from './theme.ts';

const TAB_NAMES: Readonly<Record<Tab, Sentence>> = {
  overview: { en: 'Overview', ko: '개요' },
  late: { en: 'Late moments', ko: '늦은 순간' },
  faults: { en: 'Page faults', ko: '페이지 폴트' },
  trials: { en: 'Trials', ko: '시험' },
  place: { en: 'Place', ko: '배치' },
  past: { en: 'History', ko: '기록' },
  journal: { en: 'Journal', ko: '저널' },
  alerts: { en: 'Alerts', ko: '알림' },
  processes: { en: 'Processes', ko: '프로세스' },
};

const THEME_NAMES = {
  light: { en: 'Light', ko: '밝게' },
  dark: { en: 'Dark', ko: '어둡게' },
  auto: { en: 'Auto', ko: '자동' },
} as const;

export function Header() {
  const shown = lastTarget.value;
  return (
    <header class="top">
      <div>
        <div class="bar">
          <span class="logo">
            <svg viewBox="0 0 26 20" aria-hidden="true">
              <path d="M2 9h22" />
              <path class="k" d="M4 13c3 5 15 5 18 0" />
              <path d="M13 9V2" />
            </svg>
            evenkeel
          </span>
          <b>{shown === null ? (target.value ?? '') : `${shown.comm} ${shown.tgid}`}</b>
          <State />
          <button
            type="button"
            class="btn small"
            aria-pressed={isPaused.value}
            onClick={() => pause(!isPaused.value)}
          >
            {isPaused.value ? words('Go on', '계속') : words('Pause', '일시정지')}
          </button>
          <span class="space" />
          <span class="seg">
            {(['en', 'ko'] as const).map((one) => (
              <button
                key={one}
                type="button"
                lang={one}
                aria-pressed={language.value === one}
                onClick={() => (language.value = one)}
              >
                {one === 'en' ? 'EN' : '한국어'}
              </button>
            ))}
          </span>
          <span class="seg">
            {THEMES.map((one) => (
              <button
                key={one}
                type="button"
                aria-pressed={theme.value === one}
                onClick={() => (theme.value = one)}
              >
                {say(THEME_NAMES[one])}
              </button>
            ))}
          </span>
        </div>
        <Tabs />
      </div>
    </header>
  );
}

function State() {
  const { kind } = connection.value;
  const texts: Readonly<Record<typeof kind, Sentence>> = {
    none: { en: 'nothing is watched', ko: '보고 있는 대상 없음' },
    opening: { en: 'opening', ko: '여는 중' },
    live: isPaused.value ? { en: 'paused', ko: '일시정지' } : { en: 'live', ko: '실시간' },
    ended: { en: 'the target has ended', ko: '대상이 끝났습니다' },
    lost: { en: 'connection lost, trying again', ko: '연결이 끊겨 다시 시도 중' },
    failed: { en: 'failed', ko: '실패' },
  };
  const className = kind === 'live' ? 'live' : kind === 'failed' || kind === 'lost' ? 'failed' : '';
  return (
    <span class={`state ${className}`} role="status">
      <i />
      {say(texts[kind])}
      {dropped.value === 0
        ? ''
        : ` · ${words(`${dropped.value} frames dropped`, `프레임 ${dropped.value}개 누락`)}`}
    </span>
  );
}

/** As the ARIA practices have it: one stop for Tab, arrows move. */
function Tabs() {
  const list = useRef<HTMLDivElement>(null);
  // On a narrow screen the chosen one may lie outside.
  useEffect(() => {
    list.current?.querySelector(`#tab-${tab.value}`)?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
  }, [tab.value]);
  const move = (event: KeyboardEvent) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (step === undefined) return;
    const next = TABS[(TABS.indexOf(tab.value) + step + TABS.length) % TABS.length] ?? 'overview';
    tab.value = next;
    list.current?.querySelector<HTMLButtonElement>(`#tab-${next}`)?.focus();
  };
  return (
    <div class="tabs" role="tablist" ref={list} onKeyDown={move}>
      {TABS.map((one) => (
        <button
          key={one}
          id={`tab-${one}`}
          type="button"
          role="tab"
          aria-selected={tab.value === one}
          aria-controls="content"
          tabIndex={tab.value === one ? 0 : -1}
          onClick={() => (tab.value = one)}
        >
          {say(TAB_NAMES[one])}
        </button>
      ))}
    </div>
  );
}
