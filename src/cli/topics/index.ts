/** The registry of help topics. One line per topic; `index.test.ts` compares it with the folder. */
import { cpusets } from './cpusets.ts';
import { environment } from './environment.ts';
import { exitCodes } from './exit-codes.ts';
import { files } from './files.ts';
import { output } from './output.ts';
import { probes } from './probes.ts';
import { targets } from './targets.ts';
import type { Topic } from './topic.ts';

export const TOPICS: readonly Topic[] = [targets, cpusets, probes, output, exitCodes, environment, files];
