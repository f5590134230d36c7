/** The registry of rules. One line per rule; `index.test.ts` compares it with the folder. */
import type { Rule } from '../finding.ts';
import { waitsForCpu } from './waits-for-cpu.ts';

export const RULES: readonly Rule[] = [waitsForCpu];
