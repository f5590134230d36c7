/** The file format of speedscope: https://www.speedscope.app/file-format-schema.json. Two profiles: stall, and count. */
import { type FaultProfile, stackSums } from '../model/faults/profile.ts';

export function exportSpeedscope(profile: FaultProfile): string {
  const sums = [...stackSums(profile)];
  const samples = sums.map(([stack]) => profile.stacks.framesOf(stack));
  const weighed = (name: string, unit: string, weights: readonly number[]) => ({
    type: 'sampled',
    name,
    unit,
    startValue: 0,
    endValue: weights.reduce((sum, weight) => sum + weight, 0),
    samples,
    weights,
  });
  return JSON.stringify({
    $schema: 'https://www.speedscope.app/file-format-schema.json',
    name: 'page faults',
    exporter: 'keel',
    activeProfileIndex: 0,
    shared: { frames: profile.labels.map(({ name, binary }) => ({ name, file: binary })) },
    profiles: [
      weighed(
        'stall',
        'nanoseconds',
        sums.map(([, { stallNs }]) => stallNs),
      ),
      weighed(
        'faults',
        'none',
        sums.map(([, { faults }]) => faults),
      ),
    ],
  });
}
