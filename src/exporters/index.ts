/** The registry of exporters. One line each; `index.test.ts` compares it with the folder. */
import type { ExporterEntry } from './exporter.ts';

// biome-ignore format: one line per exporter
export const EXPORTERS = [
  { name: 'flame', describe: { en: 'a flame graph: one HTML file that opens offline', ko: '플레임 그래프: 오프라인에서 열리는 HTML 파일' }, load: async () => (await import('./flame.ts')).exportFlame },
  { name: 'speedscope', describe: { en: 'a profile for speedscope.app', ko: 'speedscope.app용 프로파일' }, load: async () => (await import('./speedscope.ts')).exportSpeedscope },
  { name: 'collapsed', describe: { en: 'folded stacks, weighed by stall in ns, for flamegraph.pl and the like', ko: '접은 스택(멈춘 시간 ns). flamegraph.pl 등에 사용' }, load: async () => (await import('./collapsed.ts')).exportCollapsed },
  { name: 'pprof', describe: { en: 'a profile for pprof', ko: 'pprof용 프로파일' }, load: async () => (await import('./pprof.ts')).exportPprof },
  { name: 'firefox', describe: { en: 'a profile for profiler.firefox.com', ko: 'profiler.firefox.com용 프로파일' }, load: async () => (await import('./firefox.ts')).exportFirefox },
] as const satisfies readonly ExporterEntry[];

export type ExporterName = (typeof EXPORTERS)[number]['name'];
