/** The ladder of abilities on one machine. */
import { type Gap, isMissing } from '../base/missing.ts';
import { ABILITIES } from '../diagnosis/abilities/index.ts';
import type { Ability, Judgement } from '../diagnosis/ability.ts';
import { gapOf } from '../diagnosis/look.ts';
import type { Host } from '../host/host.ts';
import type { Capabilities } from '../model/capabilities.ts';
import { readCapabilities } from './read-capabilities.ts';

export interface Judged {
  readonly capabilities: Capabilities;
  readonly abilities: readonly { readonly ability: Ability; readonly judgement: Judgement }[];
  readonly gaps: readonly Gap[];
}

export async function judgeAbilities(host: Host): Promise<Judged> {
  const capabilities = await readCapabilities(host);
  const { trials, ...readings } = capabilities;
  return {
    capabilities,
    abilities: ABILITIES.map((ability) => ({ ability, judgement: ability.judge(capabilities) })),
    gaps: Object.entries({ ...readings, ...trials }).flatMap(([field, value]) =>
      isMissing(value) ? [gapOf(field, value)] : [],
    ),
  };
}
