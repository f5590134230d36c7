/** libvirt: the virtual CPUs and the rest of a guest, pinned now and for its next start. */
import type { CpuSet } from '../../base/cpu-set.ts';
import { type ArtefactWriter, cannot, type Wanted } from '../artefact.ts';

/** What QEMU calls the thread of a virtual CPU. */
const VCPU = /^CPU (\d{1,5})\/(?:KVM|TCG)$/;

export const libvirt: ArtefactWriter = {
  form: 'libvirt',
  write(wanted) {
    if (!/^(qemu|kvm)/.test(wanted.comm)) return cannot('it is no guest of QEMU', 'QEMU 게스트가 아닙니다');
    const pins = pinsOf(wanted);
    if (pins.length === 0 && wanted.cpus === null)
      return cannot(
        'libvirt pins CPUs; this is about something else',
        'libvirt는 CPU를 고정하는데, 이것은 다른 변경입니다',
      );
    const all = wanted.cpus;
    const { affinity, affinities } = wanted.now;
    const common = affinity?.toKernelList() ?? 'r';
    const ofThread = (tid: number) =>
      affinities.find((one) => one.tid === tid)?.cpus.toKernelList() ?? common;
    const lines = [
      ...(all === null
        ? []
        : [
            [
              `virsh emulatorpin DOMAIN ${all.toKernelList()} --live --config`,
              `virsh emulatorpin DOMAIN ${common} --live --config`,
            ],
          ]),
      ...pins.map(({ tid, vcpu, cpus }) => [
        `virsh vcpupin DOMAIN ${vcpu} ${cpus.toKernelList()} --live --config`,
        `virsh vcpupin DOMAIN ${vcpu} ${ofThread(tid)} --live --config`,
      ]),
    ];
    return {
      files: [{ path: 'domain.xml', text: xml(all, pins) }],
      commands: lines.map(([now]) => now as string),
      undo: lines.map(([, undo]) => undo as string),
      notes: [
        {
          en: 'DOMAIN is its name in `virsh list`; the commands change its XML as well, the fragment is for another host',
          ko: 'DOMAIN은 virsh list에 나오는 이름입니다. 명령이 XML도 바꾸며, 조각은 다른 호스트용입니다',
        },
      ],
    };
  },
};

interface Pin {
  readonly tid: number;
  readonly vcpu: number;
  readonly cpus: CpuSet;
}

function pinsOf({ threads }: Wanted): readonly Pin[] {
  return threads.flatMap(({ tid, comm, cpus }) => {
    const vcpu = VCPU.exec(comm)?.[1];
    return vcpu === undefined ? [] : [{ tid, vcpu: Number(vcpu), cpus }];
  });
}

function xml(all: CpuSet | null, pins: readonly Pin[]): string {
  return [
    ...(all === null ? [] : [`<vcpu placement='static' cpuset='${all.toKernelList()}'>COUNT</vcpu>`]),
    '<cputune>',
    ...pins.map(({ vcpu, cpus }) => `  <vcpupin vcpu='${vcpu}' cpuset='${cpus.toKernelList()}'/>`),
    ...(all === null ? [] : [`  <emulatorpin cpuset='${all.toKernelList()}'/>`]),
    '</cputune>',
    '',
  ].join('\n');
}
