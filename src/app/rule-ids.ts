/** Of the rules, what a report names: their ids, and from which share of the window on time is worth a sentence. */
import { steal } from '../diagnosis/rules/steal.ts';
import { throttled } from '../diagnosis/rules/throttled.ts';

export { NOTABLE_RATIO } from '../diagnosis/finding.ts';

export const RULE_IDS = { throttled: throttled.id, steal: steal.id } as const;
