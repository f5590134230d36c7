/** A process to lock: it does what it is told on standard input, a line at a time, and says what came of it. */
import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';

/** 32 MiB of memory, half of it touched; `libc` calls by ctypes, which release nothing of it. */
const PROGRAM = `
import ctypes, mmap, os, resource, sys, threading, time
libc = ctypes.CDLL(None, use_errno=True)
memory = mmap.mmap(-1, 32 << 20, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
address = ctypes.addressof(ctypes.c_char.from_buffer(memory))
for at in range(0, 16 << 20, 4096): memory[at] = 1
threading.Thread(target=lambda: time.sleep(1e6), daemon=True).start()
later = []
def faults():
    fields = open('/proc/self/stat').read().rsplit(')', 1)[1].split()
    return int(fields[9])
print('ready', flush=True)
for line in sys.stdin:
    word, *rest = line.split()
    if word == 'mlock': print(libc.mlock(ctypes.c_void_p(address), ctypes.c_size_t(int(rest[0]))), flush=True)
    elif word == 'map':
        later.append(mmap.mmap(-1, int(rest[0]), flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)); print('ok', flush=True)
    elif word == 'address': print(format(address, 'x'), flush=True)
    elif word == 'limit':
        resource.setrlimit(resource.RLIMIT_MEMLOCK, (int(rest[0]), resource.getrlimit(resource.RLIMIT_MEMLOCK)[1]))
        header, none = (ctypes.c_uint * 2)(0x20080522, 0), (ctypes.c_uint * 6)()
        print(libc.capset(header, none), flush=True)
    elif word == 'seccomp':
        class Filter(ctypes.Structure): _fields_ = [('code', ctypes.c_ushort), ('jt', ctypes.c_ubyte), ('jf', ctypes.c_ubyte), ('k', ctypes.c_uint)]
        class Program(ctypes.Structure): _fields_ = [('len', ctypes.c_ushort), ('filter', ctypes.POINTER(Filter))]
        allow = Filter(6, 0, 0, 0x7fff0000)
        libc.prctl(38, 1, 0, 0, 0)
        print(libc.syscall(317, 1, 1, ctypes.byref(Program(1, ctypes.pointer(allow)))), flush=True)
    elif word == 'touch':
        before = faults(); sum(memory[at] for at in range(0, len(memory), 4096)); print(faults() - before, flush=True)
`;

export interface LockTarget {
  readonly process: ChildProcess;
  readonly pid: number;
  /** Tells it something, and waits for its answer. */
  tell(line: string): Promise<string>;
  /** A line of /proc/PID/status, in bytes. */
  statusBytes(name: 'VmLck' | 'VmSwap'): number;
  end(): void;
}

/** @param group the folder of a cgroup that it starts in */
export async function startLockTarget(group: string | null = null): Promise<LockTarget> {
  const enter = group === null ? '' : 'echo $$ > "$1/cgroup.procs" && ';
  const child = spawn('sh', ['-c', `${enter}exec python3 -c "$0"`, PROGRAM, group ?? ''], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const next = async () => String((await lines.next()).value);
  await next();
  const pid = child.pid as number;
  return {
    process: child,
    pid,
    tell(line) {
      child.stdin.write(`${line}\n`);
      return next();
    },
    statusBytes(name) {
      const status = readFileSync(`/proc/${pid}/status`, 'utf8');
      return Number(new RegExp(`${name}:\\s*(\\d+)`).exec(status)?.[1]) * 1024;
    },
    end: () => child.kill('SIGKILL'),
  };
}
