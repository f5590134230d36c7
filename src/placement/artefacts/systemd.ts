/** A drop-in of the unit: survives restarts and updates. */
import { type ArtefactWriter, cannot, onlyThreads, type Wanted } from '../artefact.ts';

/** Names that systemd itself would give a unit (unit_name_is_valid); what a cgroup is called may be anything. */
const UNIT = /^[A-Za-z0-9:_.\\@-]{1,200}\.service$/;

export const systemd: ArtefactWriter = {
  form: 'systemd',
  write(wanted) {
    const { unit } = wanted;
    if (unit === null || !UNIT.test(unit) || unit.startsWith('-'))
      return cannot(
        unit === null
          ? 'it belongs to no systemd service'
          : 'its unit is no service that a drop-in could be for',
        unit === null ? 'systemd 서비스에 속하지 않습니다' : '유닛이 드롭인을 둘 수 있는 서비스가 아닙니다',
      );
    const threads = onlyThreads(wanted, 'systemd');
    if (threads !== null) return threads;
    const lines = settings(wanted);
    if (lines.length === 0) return cannot('a unit has no setting for it', '유닛에 해당 설정이 없습니다');
    const folder = `/etc/systemd/system/${unit}.d`;
    const path = `${folder}/50-evenkeel.conf`;
    // A backslash in an instance's name is for systemd, not for the shell.
    const [quotedPath, quotedUnit] = [path, unit].map((word) => (word.includes('\\') ? `'${word}'` : word));
    const again = ['systemctl daemon-reload', `systemctl restart ${quotedUnit}`];
    return {
      files: [{ path, text: `[Service]\n${lines.join('\n')}\n` }],
      commands: again,
      undo: [`rm ${quotedPath}`, ...again],
      notes: wanted.isIdleGroup || wanted.sessionNice !== null ? [NEEDS_252] : [],
    };
  },
};

const NEEDS_252 = {
  en: 'CPUWeight=idle needs systemd 252 and Linux 5.15; before, CPUWeight=1',
  ko: 'CPUWeight=idle에는 systemd 252와 Linux 5.15가 필요합니다. 이전에는 CPUWeight=1을 쓰세요',
};

function settings(wanted: Wanted): readonly string[] {
  const { cpus, memory, scheduling, quota } = wanted;
  return [
    ...(cpus === null ? [] : [`CPUAffinity=${cpus.toKernelList().replaceAll(',', ' ')}`]),
    ...(memory === null
      ? []
      : [`NUMAPolicy=${memory.mode}`, `NUMAMask=${memory.nodes.toKernelList().replaceAll(',', ' ')}`]),
    ...(scheduling?.policy == null ? [] : [`CPUSchedulingPolicy=${scheduling.policy}`]),
    ...(scheduling?.nice == null ? [] : [`Nice=${scheduling.nice}`]),
    ...(quota === null ? [] : [`CPUQuota=${Math.round(quota.toCpus * 100)}%`]),
    // For a service the weight of its cgroup is what a session's nice value is elsewhere.
    ...(wanted.isIdleGroup || wanted.sessionNice !== null ? ['CPUWeight=idle'] : []),
  ];
}
