/** The registry of commands. One line per command; `index.test.ts` compares it with the folders. */
import type { CommandEntry } from '../command.ts';

// biome-ignore format: one line per command
export const COMMANDS: readonly CommandEntry[] = [
  { name: 'why', aliases: [], load: async () => (await import('./why/command.ts')).default },
  { name: 'doctor', aliases: [], load: async () => (await import('./doctor/command.ts')).default },
  { name: 'topo', aliases: ['show'], load: async () => (await import('./topo/command.ts')).default },
  { name: 'check', aliases: [], load: async () => (await import('./check/command.ts')).default },
  { name: 'pin', aliases: ['set'], load: async () => (await import('./pin/command.ts')).default },
  { name: 'optimize', aliases: [], load: async () => (await import('./optimize/command.ts')).default },
  { name: 'undo', aliases: [], load: async () => (await import('./undo/command.ts')).default },
  { name: 'run', aliases: [], load: async () => (await import('./run/command.ts')).default },
  { name: 'shield', aliases: [], load: async () => (await import('./shield/command.ts')).default },
  { name: 'monitor', aliases: [], load: async () => (await import('./monitor/command.ts')).default },
  { name: 'analyze', aliases: [], load: async () => (await import('./analyze/command.ts')).default },
  { name: 'recommend', aliases: [], load: async () => (await import('./recommend/command.ts')).default },
  { name: 'late', aliases: [], load: async () => (await import('./late/command.ts')).default },
  { name: 'faults record', aliases: [], load: async () => (await import('./faults-record/command.ts')).default },
  { name: 'faults report', aliases: [], load: async () => (await import('./faults-report/command.ts')).default },
  { name: 'faults diff', aliases: [], load: async () => (await import('./faults-diff/command.ts')).default },
  { name: 'faults annotate', aliases: [], load: async () => (await import('./faults-annotate/command.ts')).default },
  { name: 'faults stat', aliases: [], load: async () => (await import('./faults-stat/command.ts')).default },
  { name: 'faults top', aliases: [], load: async () => (await import('./faults-top/command.ts')).default },
  { name: 'faults trace', aliases: [], load: async () => (await import('./faults-trace/command.ts')).default },
  { name: 'faults watch', aliases: [], load: async () => (await import('./faults-watch/command.ts')).default },
  { name: 'locks', aliases: [], load: async () => (await import('./locks/command.ts')).default },
  { name: 'map', aliases: [], load: async () => (await import('./map/command.ts')).default },
  { name: 'warm', aliases: [], load: async () => (await import('./warm/command.ts')).default },
  { name: 'bench', aliases: ['test'], load: async () => (await import('./bench/command.ts')).default },
  { name: 'capture', aliases: [], load: async () => (await import('./capture/command.ts')).default },
  { name: 'completion', aliases: [], load: async () => (await import('./completion/command.ts')).default },
  { name: 'complete', aliases: [], hidden: true, load: async () => (await import('./complete/command.ts')).default },
];
