/** The ladder against other tools on this machine: perf for the events, /proc/self/status for what is held. */
import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { isMissing } from '../base/missing.ts';
import { CAPABILITY_BITS } from '../model/capabilities.ts';
import { judgeAbilities } from './judge-abilities.ts';
import { openLiveHost } from './open-host.ts';

const runs = (tool: string, ...args: string[]) => spawnSync(tool, args).status === 0;
const judged = await judgeAbilities(openLiveHost());
const stateOf = (id: string) => judged.abilities.find(({ ability }) => ability.id === id)?.judgement.state;

describe.skipIf(!runs('perf', '--version'))('against perf (skipped where it is not installed)', () => {
  it('may count everywhere exactly where perf stat -a may', () => {
    const everywhere = runs('perf', 'stat', '-a', '-e', 'context-switches', 'true');
    expect(stateOf('exact-events') === 'ok').toBe(everywhere);
  });

  it('has a cycle counter exactly where perf has', () => {
    const { stderr } = spawnSync('perf', ['stat', '-x', ';', '-e', 'cycles:u', 'true'], { encoding: 'utf8' });
    const counted = /^\d+;/m.test(stderr);
    expect(stateOf('hardware-counters') === 'ok').toBe(counted);
  });
});

describe.skipIf(!runs('capsh', '--print'))('against capsh (skipped where it is not installed)', () => {
  it('holds the same capabilities', () => {
    const { held } = judged.capabilities;
    for (const name of Object.keys(CAPABILITY_BITS)) {
      const has = runs('capsh', `--has-p=${name.toLowerCase()}`);
      expect([name, !isMissing(held) && (held as ReadonlySet<string>).has(name)]).toEqual([name, has]);
    }
  });
});

describe('on this machine', () => {
  it('judges every ability, none as untried', () => {
    for (const { ability, judgement } of judged.abilities) {
      expect([ability.id, judgement.state]).not.toEqual([ability.id, 'unknown']);
    }
  });
});
