/** Folded stacks: frames from the outermost, divided by semicolons, and the stall of the stack in nanoseconds. */
import { type FaultProfile, stackSums } from '../model/faults/profile.ts';

export function exportCollapsed(profile: FaultProfile): string {
  const lines = [...stackSums(profile)].map(([stack, { stallNs }]) => {
    const frames = profile.stacks.framesOf(stack).map((label) => frameText(profile, label));
    return `${frames.join(';')} ${Math.round(stallNs)}\n`;
  });
  return lines.join('');
}

/** A semicolon would divide the frame in two. */
function frameText({ labels }: FaultProfile, label: number): string {
  return (labels[label]?.name ?? '').replaceAll(';', ':');
}
