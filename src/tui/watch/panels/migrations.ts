/** Migrations: counted since the watch began, each interval, and how far they went. */
import { isMissing } from '../../../base/missing.ts';
import { groupDigits } from '../../../base/sentence.ts';
import { barRow } from '../../../cli/output/bars.ts';
import { formatRate } from '../../../cli/output/format.ts';
import type { Look } from '../../../cli/output/look.ts';
import { CPU_DISTANCES, DISTANCE_NAMES } from '../../../model/cpu-distance.ts';
import { perSec } from '../../../model/difference.ts';
import { NO_MOVES } from '../../../model/watch/moves.ts';
import { areaRows } from '../../drawing/area.ts';
import { boxed, fitted, titleLine } from '../../drawing/lines.ts';
import { history, type Shown } from '../state.ts';
import { dash, orDash, type Panel } from './panel.ts';

const RECENT = 20;

export const migrationsPanel: Panel = (_, shown, size, look) => {
  const { width, height } = size;
  const { tgid } = shown.target;
  const soFar = history(shown, (target, entry) => entry.migrations.get(target.tgid) ?? null);
  const total = shown.entry.migrations.get(tgid) ?? null;
  const now = orDash(shown.target.activity.migrations, look, (count) =>
    formatRate(perSec(count, shown.entry.frame.elapsedNs)),
  );
  const seconds = Math.round(shown.past.reduce((sum, entry) => sum + entry.frame.elapsedNs, 0) / 1e9);
  const counted = total === null ? dash(look) : groupDigits(total);
  const title = look.say({
    en: `migrations ${counted} in ${seconds} s, ${now} now`,
    ko: `마이그레이션 ${seconds}초에 ${counted}, 현재 ${now}`,
  });
  const rows = areaRows(soFar, { width, height: height - 3 }, Math.max(1, total ?? 0), look);
  return boxed(
    [
      titleLine(title, width, look),
      ...rows.map(look.colors.blue),
      fitted(recentLine(shown, width, look), width, look),
      fitted(distanceLine(shown, look), width, look),
    ],
    size,
  );
};

function recentLine(shown: Shown, width: number, look: Look): string {
  const counts = history(shown, ({ activity }) =>
    isMissing(activity.migrations) ? null : activity.migrations,
  );
  const recent = counts.slice(-Math.min(RECENT, width - 20)).map((count) => count ?? 0);
  const most = Math.max(0, ...recent);
  const bars = barRow(recent, Math.max(1, most), look);
  return look.say({
    en: `last ${recent.length}: ${bars} most ${most}`,
    ko: `최근 ${recent.length}: ${bars} 최대 ${most}`,
  });
}

/** Only the ways that are certain; the rest is counted too, and said to be. */
function distanceLine({ entry, target }: Shown, look: Look): string {
  const { byDistance, unseen } = entry.moves.get(target.tgid) ?? NO_MOVES;
  const parts = CPU_DISTANCES.flatMap((distance) => {
    const count = byDistance[distance];
    return count === undefined ? [] : [`${look.say(DISTANCE_NAMES[distance])} ${count}`];
  });
  if (unseen > 0) parts.push(look.say({ en: `way not seen ${unseen}`, ko: `경로 모름 ${unseen}` }));
  return parts.length === 0 ? look.say({ en: 'none yet', ko: '아직 없음' }) : parts.join('  ');
}
