/** The systemd unit of the agent: what it says, and how it is written and taken away. */
import { mkdirSync, readFileSync, unlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { KeelError } from '../base/errors.ts';
import { systemReason } from '../base/system-error.ts';

export const UNIT_NAME = 'evenkeel-agent.service';
export const UNIT_FOLDER = '/etc/systemd/system';
/** By this line we know what we wrote. */
const MARK = '# Written by keel agent install; undo: keel agent uninstall';

export interface InstallRequest {
  /** As this process was started: node and the program. */
  readonly command: readonly string[];
  readonly config: string;
  readonly unitFolder: string;
}

export interface InstallPlan {
  readonly files: readonly PlannedFile[];
  /** The unit, as it will be. */
  readonly unit: string;
}

export interface PlannedFile {
  readonly path: string;
  readonly text: string;
  readonly kind: 'add' | 'change' | 'keep';
  readonly what: 'unit' | 'configuration';
}

/** @throws KeelError E_CONFLICT where a unit of this name is somebody else's */
export function planInstall(request: InstallRequest): InstallPlan {
  const path = join(request.unitFolder, UNIT_NAME);
  const unit = unitText(request);
  const before = readIfThere(path);
  if (before !== null && !before.startsWith(MARK)) throw notOurs(path);
  const unitKind = before === null ? 'add' : before === unit ? 'keep' : 'change';
  const config = readIfThere(request.config);
  return {
    unit,
    files: [
      { path, text: unit, kind: unitKind, what: 'unit' },
      {
        path: request.config,
        text: config ?? EXAMPLE_CONFIG,
        kind: config === null ? 'add' : 'keep',
        what: 'configuration',
      },
    ],
  };
}

/** @throws KeelError E_IO, E_PRIVILEGE */
export function writePlan({ files }: InstallPlan): void {
  for (const { path, text, kind, what } of files) {
    if (kind === 'keep') continue;
    attempt(path, () => {
      mkdirSync(dirname(path), { recursive: true, mode: 0o755 });
      writeFileSync(path, text, { mode: what === 'unit' ? 0o644 : 0o600 });
    });
  }
}

/** The path of the unit. @throws KeelError E_CONFLICT where there is none of ours */
export function planUninstall(unitFolder: string): string {
  const path = join(unitFolder, UNIT_NAME);
  const text = readIfThere(path);
  if (text === null) {
    throw new KeelError('E_CONFLICT', {
      what: {
        en: `there is no ${path}: nothing is installed`,
        ko: `${path}이(가) 없습니다. 설치되어 있지 않습니다`,
      },
    });
  }
  if (!text.startsWith(MARK)) throw notOurs(path);
  return path;
}

/** @throws KeelError E_IO, E_PRIVILEGE */
export function removeUnit(path: string): void {
  attempt(path, () => unlinkSync(path));
}

/**
 * systemd.exec(5). Memory that is written and executed is what a JIT compiler does, so that is not forbidden; other
 * processes' files in /proc are what the agent is for, so it keeps the capabilities to read them.
 */
function unitText({ command, config }: InstallRequest): string {
  const isInHome = command.some((word) => /^\/(home|root|run\/user)\//.test(word));
  const capabilities = 'CAP_BPF CAP_PERFMON CAP_SYS_PTRACE CAP_DAC_READ_SEARCH CAP_SYSLOG CAP_SYS_RESOURCE';
  return `${MARK}
[Unit]
Description=evenkeel agent: watches for late threads, page faults and pressure
Documentation=man:keel(1)
Wants=network-online.target
After=network-online.target

[Service]
Type=notify
NotifyAccess=main
ExecStart=${[...command, 'agent', config].map(unitWord).join(' ')}
ExecReload=/bin/kill -HUP $MAINPID
Restart=on-failure
RestartSec=5s
WatchdogSec=60s
TimeoutStopSec=20s
StateDirectory=evenkeel/agent
StateDirectoryMode=0700
UMask=0077
Nice=5
MemoryMax=512M
CapabilityBoundingSet=${capabilities}
NoNewPrivileges=yes
ProtectSystem=strict
ProtectHome=${isInHome ? 'read-only' : 'yes'}
PrivateTmp=yes
PrivateDevices=yes
ProtectClock=yes
ProtectHostname=yes
ProtectControlGroups=yes
ProtectKernelModules=yes
ProtectKernelTunables=yes
RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6
RestrictNamespaces=yes
RestrictRealtime=yes
RestrictSUIDSGID=yes
LockPersonality=yes
SystemCallArchitectures=native
SystemCallFilter=~@clock @cpu-emulation @module @mount @obsolete @raw-io @reboot @swap
SystemCallErrorNumber=EPERM

[Install]
WantedBy=multi-user.target
`;
}

/** systemd.service(5), "Command lines": quotes, and % and $ twice. */
function unitWord(word: string): string {
  const escaped = word
    .replaceAll('\\', '\\\\')
    .replaceAll('"', '\\"')
    .replaceAll('%', '%%')
    .replaceAll('$', '$$$$');
  return /^[\w@%+=:,./-]+$/.test(escaped) ? escaped : `"${escaped}"`;
}

const EXAMPLE_CONFIG = `# evenkeel agent. Check it: keel agent check FILE; what it may say: keel help agent
# Without targets the machine alone is watched.
targets: []
#  - name: arena
#    unit: arena.service       # or exe:, cmdline:, cgroup:
#    stall: true               # measure how long page faults hold it
rules: []
#  - signal: major-faults      # the usual limits hold for what is not named
#    above: 20
sinks: {}
#  chat: { type: slack, urlFile: /etc/evenkeel/slack.url }
`;

function readIfThere(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw failure(path, error);
  }
}

function attempt(path: string, step: () => void): void {
  try {
    step();
  } catch (error) {
    throw failure(path, error);
  }
}

function failure(path: string, error: unknown): KeelError {
  const { code } = error as NodeJS.ErrnoException;
  const reason = systemReason(error);
  return new KeelError(code === 'EACCES' || code === 'EPERM' ? 'E_PRIVILEGE' : 'E_IO', {
    what: { en: `${path}: ${reason.en}`, ko: `${path}: ${reason.ko}` },
    next: [{ en: 'As root: sudo keel agent install', ko: 'root로 실행하세요: sudo keel agent install' }],
    cause: error,
  });
}

function notOurs(path: string): KeelError {
  return new KeelError('E_CONFLICT', {
    what: {
      en: `${path} was not written by keel, so it is left as it is`,
      ko: `${path}은(는) keel이 만든 것이 아니므로 그대로 두었습니다`,
    },
    next: [{ en: 'Look at it, and move it away first', ko: '내용을 확인하고 먼저 다른 곳으로 옮기세요' }],
  });
}
