/** What held the threads: run delay and page faults, as areas and as heat maps. */
import { isMissing, type Maybe, orNull } from '../../../base/missing.ts';
import type { Sentence } from '../../../base/sentence.ts';
import { formatShort } from '../../../cli/output/format.ts';
import type { Look } from '../../../cli/output/look.ts';
import { type Distribution, quantileNs } from '../../../model/watch/distribution.ts';
import { roundUp } from '../../drawing/area.ts';
import { heatRows } from '../../drawing/heat.ts';
import { boxed, fitted, titleLine } from '../../drawing/lines.ts';
import { history, type Shown } from '../state.ts';
import { dash, msPerSec, orDash, type Panel, short } from './panel.ts';
import { drawn } from './usage.ts';

export const runDelayPanel: Panel = (_, shown, size, look) => {
  const values = history(shown, ({ activity }, { frame }) =>
    isMissing(activity.runDelayNs) ? null : msPerSec(activity.runDelayNs, frame.elapsedNs),
  );
  const full = roundUp(Math.max(1, ...values.map((value) => value ?? 0)));
  return drawn(values, full, { title: delayTitle(shown, look), top: `${full}`, bottom: '0' }, size, look);
};

function delayOf({ target, entry }: Shown, look: Look): string {
  return orDash(target.activity.runDelayNs, look, (ns) => short(msPerSec(ns, entry.frame.elapsedNs)));
}

function delayTitle(shown: Shown, look: Look): string {
  const delay = delayOf(shown, look);
  const p99 = orDash(p99Of(shown.target.runDelays), look, (ns) => `~${formatShort(ns, look.unicode)}`);
  return look.say({ en: `run delay ${delay} ms/s, p99 ${p99}`, ko: `실행 지연 ${delay} ms/s, p99 ${p99}` });
}

function p99Of(known: Maybe<Distribution>): number | null {
  return isMissing(known) ? null : quantileNs(known, 0.99);
}

/** Stall where the kernel lets us measure it; elsewhere the counts, which say less. */
export const faultPanel: Panel = (_, shown, size, look) => {
  if (isMissing(shown.target.faultStalls)) return faultCounts(shown, size, look);
  const values = history(shown, ({ faultStalls }, { frame }) =>
    isMissing(faultStalls) ? null : msPerSec(faultStalls.totalNs, frame.elapsedNs),
  );
  const full = roundUp(Math.max(1, ...values.map((value) => value ?? 0)));
  const now = short(values.at(-1) ?? 0);
  const { name } = mostHeld(shown) ?? { name: null };
  const on = name === null ? '' : `, ${name}`;
  const title = look.say({ en: `fault stall ${now} ms/s${on}`, ko: `폴트 정지 ${now} ms/s${on}` });
  return drawn(values, full, { title, top: `${full}`, bottom: '0' }, size, look);
};

function mostHeld({ target }: Shown): { readonly name: string } | null {
  const [most] = [...target.threads].sort(
    (a, b) => (orNull(b.faultStallNs) ?? 0) - (orNull(a.faultStallNs) ?? 0),
  );
  return most === undefined || (orNull(most.faultStallNs) ?? 0) === 0 ? null : { name: most.comm };
}

function faultCounts(shown: Shown, size: Parameters<Panel>[2], look: Look): string[] {
  const rate = (name: 'minorFaults' | 'majorFaults') =>
    history(shown, ({ activity }, { frame }) => {
      const count = activity[name];
      return isMissing(count) ? null : (count * 1e9) / frame.elapsedNs;
    });
  const [minor, major] = [rate('minorFaults'), rate('majorFaults')];
  const full = roundUp(Math.max(10, ...minor.map((value) => value ?? 0)));
  const now = (values: readonly (number | null)[]) => {
    const value = values.at(-1);
    return value == null ? dash(look) : short(value);
  };
  const title = look.say({
    en: `faults minor ${now(minor)}/s, major ${now(major)}/s`,
    ko: `폴트 마이너 ${now(minor)}/s, 메이저 ${now(major)}/s`,
  });
  return drawn(minor, full, { title, top: `${full}`, bottom: '0' }, size, look);
}

const heat =
  (pick: 'runDelays' | 'faultStalls', nameOf: (shown: Shown, look: Look) => Sentence): Panel =>
  (_, shown, size, look) => {
    const { width, height } = size;
    const now = shown.target[pick];
    const p99 = orDash(p99Of(now), look, (ns) => `~${formatShort(ns, look.unicode)}`);
    const title = titleLine(`${look.say(nameOf(shown, look))}, p99 ${p99}`, width, look);
    if (isMissing(now)) {
      const why = now.detail ?? now.missing;
      return boxed([title, fitted(`${dash(look)}  ${why}`, width, look)], { width, height });
    }
    const columns = shown.past.map(({ frame }) => {
      const then = frame.targets.find((one) => one.tgid === shown.target.tgid)?.[pick];
      return then === undefined ? null : orNull(then);
    });
    return boxed([title, ...heatRows(columns, width, look).slice(0, height - 1)], { width, height });
  };

export const delayHeatPanel = heat('runDelays', (shown, look) => {
  const delay = delayOf(shown, look);
  return { en: `run delay ${delay} ms/s, each wait`, ko: `실행 지연 ${delay} ms/s, 대기마다` };
});
export const faultHeatPanel = heat('faultStalls', () => ({
  en: 'page faults, each',
  ko: '페이지 폴트, 하나마다',
}));
